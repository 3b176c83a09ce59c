/** Modified UTF-7 (RFC 3501 section 5.1.3): how IMAP writes names of mailboxes that are not ASCII. */
export function mutf7(text: string): string {
  return text.replaceAll("&", "&-").replace(/[^\x20-\x7e]+/g, (run) => {
    const bytes = Buffer.from(run, "utf16le").swap16();
    return `&${bytes.toString("base64").replaceAll("/", ",").replace(/=+$/, "")}-`;
  });
}
