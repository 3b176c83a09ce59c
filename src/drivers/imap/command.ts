import type { ImapFlow } from "imapflow";
import { mutf7 } from "../../lib/mutf7.js";

export interface Word {
  readonly type: "ATOM" | "STRING";
  readonly value: string;
}

/** A list is sent in parentheses, null as NIL. */
export type Attribute = Word | null | readonly Attribute[];

export interface Untagged {
  readonly attributes?: readonly { readonly value?: unknown }[];
}

/** What the library's own commands are made of; its types leave it out. */
interface Executing {
  exec(command: string, attributes: readonly Attribute[], options?: { readonly untagged: Readonly<Record<string, (line: Untagged) => Promise<void>>> }): Promise<{ next(): void }>;
}

/** Sends a command that the library has no method for; `told` gets the untagged answers of that name. */
export async function execute(client: ImapFlow, command: string, attributes: readonly Attribute[], told?: { readonly name: string; line(line: Untagged): void }): Promise<void> {
  const untagged = told === undefined ? {} : { [told.name]: (line: Untagged) => Promise.resolve(told.line(line)) };
  const answer = await (client as unknown as Executing).exec(command, attributes, { untagged });
  // Without this the library reads nothing more.
  answer.next();
}

/** A mailbox's name as the connection takes it. */
export function mailboxWord({ enabled }: ImapFlow, mailbox: string): Word {
  return { type: "ATOM", value: enabled.has("UTF8=ACCEPT") || enabled.has("IMAP4REV2") ? mailbox : mutf7(mailbox) };
}

/** The words of a refusal. @throws what is none: a connection that broke. */
export function refusalWords(thrown: unknown): string {
  const { responseStatus, responseText, message } = thrown as { responseStatus?: string; responseText?: string; message?: string };
  if (responseStatus !== "NO" && responseStatus !== "BAD") throw thrown;
  return (responseText ?? message ?? responseStatus).slice(0, 200);
}
