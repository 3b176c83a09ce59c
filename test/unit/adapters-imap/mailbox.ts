import net from "node:net";
import type { ImapAccess } from "../../../src/drivers/imap/connect.js";

interface Message {
  readonly bytes: string;
  readonly date: string;
  readonly flags: Set<string>;
}

/** One mailbox on loopback with what the session asks of a server (RFC 3501, RFC 4315); its whims are set by the test. */
export class LoopbackMailbox {
  readonly messages = new Map<number, Message>();
  /** Between the brackets of PERMANENTFLAGS. */
  permanent = "\\Seen \\Flagged \\Draft \\*";
  refusesKeywords = false;
  /** Puts X for each byte over 127 of a header, as Cyrus does. */
  munges = false;
  /** Pieces of messages that were read back. */
  piecesRead = 0;
  refusesFolders = false;
  /** Folders that were asked for, in modified UTF-7. */
  readonly foldersAsked: string[] = [];
  /** Messages that are taken and whose answer is lost. */
  lostAnswers = 0;
  /** Run once before the answer to APPEND leaves. */
  beforeAnswer: (() => Promise<void>) | undefined;
  readonly #sockets = new Set<net.Socket>();
  readonly #server = net.createServer((socket) => this.#greet(socket));
  #uid = 0;

  static async open(): Promise<LoopbackMailbox> {
    const mailbox = new LoopbackMailbox();
    await new Promise<void>((resolve) => { mailbox.#server.listen(0, "127.0.0.1", resolve); });
    return mailbox;
  }

  access(): ImapAccess {
    return {
      target: "mairie", account: "zoe", host: "127.0.0.1", port: (this.#server.address() as net.AddressInfo).port, security: "none",
      signIn: () => Promise.resolve({ user: "zoe", secret: { kind: "password", value: "secret" } }),
      governor: { acquire: () => Promise.resolve({ release: () => undefined }), snapshot: () => ({}) },
    };
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => { this.#server.close(() => resolve()); });
  }

  #greet(socket: net.Socket): void {
    this.#sockets.add(socket);
    let text = "";
    let awaited: { readonly line: string; readonly size: number } | undefined;
    socket.write("* OK [CAPABILITY IMAP4rev1 UIDPLUS] ready\r\n");
    socket.on("error", () => undefined).on("data", (chunk) => {
      text += chunk.toString("latin1");
      for (;;) {
        if (awaited !== undefined) {
          if (text.length < awaited.size + 2) return;
          void this.#append(socket, awaited.line, text.slice(0, awaited.size));
          text = text.slice(awaited.size + 2);
          awaited = undefined;
        }
        const end = text.indexOf("\r\n");
        if (end === -1) return;
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        const size = /\{(\d+)\}$/.exec(line)?.[1];
        if (size === undefined) socket.write(this.#answer(line), "latin1");
        else {
          awaited = { line, size: Number(size) };
          socket.write("+ go\r\n");
        }
      }
    });
  }

  async #append(socket: net.Socket, line: string, bytes: string): Promise<void> {
    const [tag = ""] = line.split(" ");
    const flags = flagsIn(line);
    if (this.refusesKeywords && flags.some((flag) => !flag.startsWith("\\"))) {
      socket.write(`${tag} NO [CANNOT] no keywords\r\n`);
      return;
    }
    const uid = (this.#uid += 1);
    const stored = this.munges ? bytes.replace(/^[^]*?\r\n\r\n/, (head) => head.replace(/[\x80-\xff]/g, "X")) : bytes;
    this.messages.set(uid, { bytes: stored, date: /"([^"]*)" \{/.exec(line)?.[1] ?? "", flags: new Set(flags) });
    const [before] = [this.beforeAnswer, this.beforeAnswer = undefined];
    await before?.();
    this.lostAnswers -= 1;
    if (this.lostAnswers >= 0) socket.destroy();
    else socket.write(`${tag} OK [APPENDUID 1 ${uid}] done\r\n`);
  }

  #answer(line: string): string {
    const [tag = "", verb = "", ...rest] = line.split(" ");
    const done = `${tag} OK done\r\n`;
    const command = verb === "UID" ? rest.shift() ?? "" : verb;
    if (command === "CAPABILITY") return `* CAPABILITY IMAP4rev1 UIDPLUS\r\n${done}`;
    if (command === "CREATE") this.foldersAsked.push(rest.join(" ").replaceAll("\"", ""));
    if (command === "CREATE" && this.refusesFolders) return `${tag} NO no such name\r\n`;
    if (command === "SELECT") return `* FLAGS (\\Seen)\r\n* ${this.messages.size} EXISTS\r\n* OK [PERMANENTFLAGS (${this.permanent})] ok\r\n* OK [UIDVALIDITY 1] ok\r\n${done}`;
    if (command === "NOOP") return `* ${this.messages.size} EXISTS\r\n${done}`;
    if (command === "SEARCH") return `* SEARCH ${[...this.messages.keys()].join(" ")}\r\n${done}`;
    const uid = Number(rest[0]);
    const message = this.messages.get(uid);
    if (command === "STORE" && this.refusesKeywords && flagsIn(line).some((flag) => !flag.startsWith("\\"))) return `${tag} NO [CANNOT] no keywords\r\n`;
    if (command === "STORE") for (const flag of flagsIn(line)) message?.flags[rest[1]?.startsWith("-") === true ? "delete" : "add"](flag);
    if (command === "FETCH" && message !== undefined) {
      const [, start, most] = /BODY\.PEEK\[\]<(\d+)\.(\d+)>/.exec(line) ?? [];
      if (start !== undefined) this.piecesRead += 1;
      const piece = message.bytes.slice(Number(start ?? 0), Number(start ?? 0) + Number(most ?? 0));
      const body = start === undefined ? "" : ` BODY[]<${start}> {${piece.length}}\r\n${piece}`;
      return `* ${[...this.messages.keys()].indexOf(uid) + 1} FETCH (UID ${uid} FLAGS (${[...message.flags].join(" ")}) INTERNALDATE "${message.date}" RFC822.SIZE ${message.bytes.length}${body})\r\n${done}`;
    }
    return done;
  }
}

function flagsIn(line: string): string[] {
  return (/\(([^)]*)\)/.exec(line)?.[1] ?? "").split(" ").filter((flag) => flag !== "");
}
