import { lineTalk } from "./line-talk.js";

/** The line that ends an answer (RFC 5804 section 1.2); its text may be a literal. */
const END = /(^|\r\n)(OK|NO|BYE)\b([^\r\n]*|[^\r\n]*\{\d+\+?\}\r\n[^]*)\r\n$/;

/** A ManageSieve session: commands and what the server says to each, as it stands on the wire. @throws Error with the server's words when it refuses one. */
export async function sieveTalk(place: { readonly host: string; readonly port: number; readonly user: string; readonly pass: string }, commands: readonly string[]): Promise<string[]> {
  const talk = lineTalk(place);
  const answer = async (): Promise<string> => {
    const said = await talk.answer(END);
    if (END.exec(said)?.[2] !== "OK") throw new Error(`ManageSieve: ${said.trim()}`);
    return said;
  };
  try {
    await answer();
    const answers: string[] = [];
    for (const command of [`AUTHENTICATE "PLAIN" "${Buffer.from(`\0${place.user}\0${place.pass}`).toString("base64")}"`, ...commands]) {
      talk.send(`${command}\r\n`);
      answers.push(await answer());
    }
    return answers.slice(1);
  } finally {
    talk.close();
  }
}

/** A script as an argument of PUTSCRIPT. James counts characters. */
export function literal(script: string, counting: "octets" | "characters" = "octets"): string {
  return `{${counting === "octets" ? Buffer.byteLength(script) : script.length}+}\r\n${script}`;
}
