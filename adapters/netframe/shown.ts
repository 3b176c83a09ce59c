/**
 * What Netframe's pages show as this text, and nothing else. They take entities for characters `decodings` times and then show the result as HTML
 * (app/Helpers/StringHelper.php, "formatPostText"; resources/js/channel/app.vue, "v-html"): what is sent as it stands, or escaped once, would be live in every
 * reader's browser. No entity has a number, since a word after "#" becomes a link there.
 */
export function undecoded(text: string, decodings: number): string {
  let shown = unmentioned(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
  for (let left = decodings; left > 0; left -= 1) shown = shown.replace(/&/g, "&amp;");
  return shown;
}

/** "@[name](user:7)" writes to that person (app/Listeners/UserTag.php), and one who is not there breaks the page: a joiner that nobody sees stands within. */
function unmentioned(text: string): string {
  return text.replace(/@\[/g, "@\u2060[");
}
