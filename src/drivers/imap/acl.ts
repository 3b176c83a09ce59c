import type { ImapFlow } from "imapflow";
import { mutf7 } from "../../lib/mutf7.js";
import type { Connections } from "./connections.js";

/** Letters of RFC 4314 section 2.1 that somebody is to have, at least. */
export interface Grant {
  readonly person: string;
  readonly letters: string;
}

/** What came of it; `refused` are people whom the server gives nothing, with its words. */
export interface Granted {
  readonly offered: boolean;
  readonly refused: readonly { readonly person: string; readonly reason: string }[];
}

/** What the library's own commands are made of; its types leave it out. */
interface Executing {
  exec(command: string, attributes: readonly { readonly type: "ATOM" | "STRING"; readonly value: string }[], options?: { readonly untagged: Readonly<Record<string, (line: Untagged) => Promise<void>>> }): Promise<{ next(): void }>;
}

interface Untagged {
  readonly attributes?: readonly { readonly value?: unknown }[];
}

/**
 * Gives people rights to a mailbox, in addition to what they and others have (SETACL with "+", RFC 4314 section 3.1); what stands already is not sent again, and nothing is
 * ever taken away. A refusal is told, not thrown.
 */
export function grantRights(connections: Connections, mailbox: string, grants: readonly Grant[], signal: AbortSignal): Promise<Granted> {
  return connections.run(async (client) => {
    if (!client.capabilities.has("ACL")) return { offered: false, refused: [] };
    const name = { type: "ATOM" as const, value: onWire(client, mailbox) };
    const refused: { person: string; reason: string }[] = [];
    const standing = await listed(client, name).catch((thrown: unknown) => wordsOf(thrown));
    for (const { person, letters } of grants) {
      if (typeof standing === "string") refused.push({ person, reason: standing });
      else {
        const has = standing.get(person.toLowerCase()) ?? "";
        const lacking = [...letters].filter((letter) => !has.includes(letter)).join("");
        if (lacking === "") continue;
        const words = await execute(client, "SETACL", [name, { type: "STRING", value: person }, { type: "STRING", value: `+${lacking}` }]).then(() => undefined, (thrown: unknown) => wordsOf(thrown));
        if (words !== undefined) refused.push({ person, reason: words });
      }
    }
    return { offered: true, refused };
  }, signal);
}

/** Who has which letters (GETACL, section 3.3): pairs behind the mailbox's name. */
async function listed(client: ImapFlow, mailbox: { readonly type: "ATOM"; readonly value: string }): Promise<ReadonlyMap<string, string>> {
  const rights = new Map<string, string>();
  await execute(client, "GETACL", [mailbox], (line) => {
    const words = (line.attributes ?? []).slice(1).map(({ value }) => String(value));
    for (let at = 0; at + 1 < words.length; at += 2) rights.set((words[at] ?? "").toLowerCase(), words[at + 1] ?? "");
  });
  return rights;
}

async function execute(client: ImapFlow, command: string, attributes: Parameters<Executing["exec"]>[1], acl: (line: Untagged) => void = () => undefined): Promise<void> {
  const answer = await (client as unknown as Executing).exec(command, attributes, { untagged: { ACL: (line) => Promise.resolve(acl(line)) } });
  // Without this the library reads nothing more.
  answer.next();
}

/** A refusal's words. @throws what is none: a connection that broke. */
function wordsOf(thrown: unknown): string {
  const { responseStatus, responseText, message } = thrown as { responseStatus?: string; responseText?: string; message?: string };
  if (responseStatus !== "NO" && responseStatus !== "BAD") throw thrown;
  return (responseText ?? message ?? responseStatus).slice(0, 200);
}

function onWire({ enabled }: ImapFlow, mailbox: string): string {
  return enabled.has("UTF8=ACCEPT") || enabled.has("IMAP4REV2") ? mailbox : mutf7(mailbox);
}
