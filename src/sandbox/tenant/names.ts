/**
 * Name of a file-system component back to the name that the tenant has: `%XX` sequences are UTF-8 bytes; an invalid one is taken literally.
 * The rule is that of `fixtures/README.md`.
 */
export function decodeName(component: string): string {
  return component.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
    try {
      return decodeURIComponent(run);
    } catch (thrown) {
      if (thrown instanceof URIError) return run;
      throw thrown;
    }
  });
}

/** The other way, for the generator. */
export function encodeName(name: string): string {
  const escaped = name.replace(/[%/\\:*?"<>|\u0000-\u001f\u007f]/g, percent).replace(/[. ]$/, percent);
  return escaped === "." || escaped === ".." ? escaped.replace(/\./g, "%2E") : escaped;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
