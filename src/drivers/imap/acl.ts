import type { ImapFlow } from "imapflow";
import { execute, mailboxWord, refusalWords, type Word } from "./command.js";
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

/**
 * Gives people rights to a mailbox, in addition to what they and others have (SETACL with "+", RFC 4314 section 3.1); what stands already is not sent again, and nothing is
 * ever taken away. A refusal is told, not thrown.
 */
export function grantRights(connections: Connections, mailbox: string, grants: readonly Grant[], signal: AbortSignal): Promise<Granted> {
  return connections.run(async (client) => {
    if (!client.capabilities.has("ACL")) return { offered: false, refused: [] };
    const name = mailboxWord(client, mailbox);
    const refused: { person: string; reason: string }[] = [];
    const standing = await listed(client, name).catch((thrown: unknown) => refusalWords(thrown));
    for (const { person, letters } of grants) {
      if (typeof standing === "string") refused.push({ person, reason: standing });
      else {
        const has = standing.get(person.toLowerCase()) ?? "";
        const lacking = [...letters].filter((letter) => !has.includes(letter)).join("");
        if (lacking === "") continue;
        const words = await execute(client, "SETACL", [name, { type: "STRING", value: person }, { type: "STRING", value: `+${lacking}` }]).then(() => undefined, (thrown: unknown) => refusalWords(thrown));
        if (words !== undefined) refused.push({ person, reason: words });
      }
    }
    return { offered: true, refused };
  }, signal);
}

/** Who has which letters (GETACL, section 3.3): pairs behind the mailbox's name. */
async function listed(client: ImapFlow, mailbox: Word): Promise<ReadonlyMap<string, string>> {
  const rights = new Map<string, string>();
  await execute(client, "GETACL", [mailbox], {
    name: "ACL",
    line({ attributes = [] }) {
      const words = attributes.slice(1).map(({ value }) => String(value));
      for (let at = 0; at + 1 < words.length; at += 2) rights.set((words[at] ?? "").toLowerCase(), words[at + 1] ?? "");
    },
  });
  return rights;
}
