/** One UTF-8 character as percent sequences (RFC 3629 section 3, lead bytes and their continuations). */
const CHARACTER = /%[0-7][0-9A-F]|%[CD][0-9A-F]%[89AB][0-9A-F]|%E[0-9A-F](?:%[89AB][0-9A-F]){2}|%F[0-7](?:%[89AB][0-9A-F]){3}/gi;

/**
 * Name of a file-system component back to the name that the tenant has: `%XX` sequences are UTF-8 bytes; an invalid one is taken literally.
 * The rule is that of `fixtures/README.md`.
 */
export function decodeName(component: string): string {
  return component.replace(CHARACTER, (character) => {
    try {
      return decodeURIComponent(character);
    } catch (thrown) {
      if (thrown instanceof URIError) return character;
      throw thrown;
    }
  });
}

/** The other way, for the generator. */
export function encodeName(name: string): string {
  if (name === "." || name === "..") return name.replaceAll(".", "%2E");
  return name.replace(/[%/\\:*?"<>|\u0000-\u001f\u007f]/g, percent).replace(/[. ]$/, percent);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
