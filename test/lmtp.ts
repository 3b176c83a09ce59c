import { lineTalk } from "./line-talk.js";

/** Delivers a message to an account as a mail server would (LMTP, RFC 2033). @throws Error with the server's words when it is not taken. */
export async function deliver(place: { readonly host: string; readonly port: number }, from: string, to: string, message: string): Promise<void> {
  const talk = lineTalk(place);
  const expect = async (code: string): Promise<void> => {
    const said = await talk.answer(/(^|\r\n)\d{3} [^\r\n]*\r\n$/);
    if (!said.startsWith(code)) throw new Error(`LMTP: ${said.trim()}`);
  };
  try {
    await expect("220");
    for (const [line, code] of [["LHLO localhost", "250"], [`MAIL FROM:<${from}>`, "250"], [`RCPT TO:<${to}>`, "250"], ["DATA", "354"], [`${message.replace(/\r?\n/g, "\r\n").replace(/^\./gm, "..")}\r\n.`, "250"]] as const) {
      talk.send(`${line}\r\n`);
      await expect(code);
    }
  } finally {
    talk.close();
  }
}
