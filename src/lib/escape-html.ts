/** Text for HTML content and attribute values. Controls and directional overrides, which make text look like another, are shown as "�". */
export function escapeHtml(text: string): string {
  return text.toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd")
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
