import type { StatusObject } from "imapflow";
import type { ContainerChanges } from "../../core/adapter.js";
import type { Connections } from "./connections.js";
import { parseRef } from "./ref.js";

/** Mailboxes of more messages are read whole: what is known of one takes four bytes a message. */
const LARGEST = 1_000_000;
const NOTHING: ReadonlySet<string> = new Set();
const UNTOLD: unique symbol = Symbol("untold");

/** How a mailbox stood: RFC 3501 section 2.3.1.1 and RFC 7162 section 3.1.2. */
interface Stand {
  readonly server: string;
  readonly uidValidity: bigint;
  readonly modseq: bigint;
  readonly uidNext: number;
  readonly messages: number;
}

/**
 * What became of a mailbox's messages by CONDSTORE (RFC 7162). Bytes and date of a message never change; a change of its flags has a higher mod-sequence than all before.
 * Nothing but QRESYNC tells what was expunged, so that wherever a message came or went (UIDNEXT rises with each that comes, RFC 3501 section 2.3.1.1), those that
 * stand are listed. Undefined where the server keeps no mod-sequences.
 */
export async function mailboxChanges(connections: Connections, mailbox: string, since: string | undefined, signal: AbortSignal): Promise<ContainerChanges | undefined> {
  const { host, port } = connections.access;
  const status = await connections.run((client) => client.status(mailbox, { messages: true, uidNext: true, uidValidity: true, highestModseq: true }), signal);
  const now = standOf(status, `${host}:${port}`);
  if (now === undefined) return undefined;
  const then = since === undefined ? undefined : readStand(since);
  return { state: writeStand(now), changed: then === undefined || !follows(now, then) ? "all" : await changedSince(connections, mailbox, { now, then }, signal) };
}

async function changedSince(connections: Connections, mailbox: string, { now, then }: { readonly now: Stand; readonly then: Stand }, signal: AbortSignal): Promise<ContainerChanges["changed"]> {
  const cameOrWent = now.uidNext !== then.uidNext || now.messages !== then.messages;
  if (now.modseq === then.modseq && !cameOrWent) return NOTHING;
  if (now.messages > LARGEST) return "all";
  // Of a mailbox that is empty nothing is asked: Apache James refuses commands in one.
  if (now.messages === 0) return "all";
  return connections.within(mailbox, async (client, { uidValidity }) => {
    if (uidValidity !== then.uidValidity) return "all";
    // MODSEQ finds what has this mod-sequence or a higher one (RFC 7162 section 3.1.5).
    const altered = uidsOf(await client.search({ modseq: then.modseq + 1n }, { uid: true }));
    const standing = cameOrWent ? uidsOf(await client.search({ all: true }, { uid: true })) : undefined;
    if (altered === UNTOLD || standing === UNTOLD) return "all";
    return {
      has(ref) {
        const message = parseRef(ref);
        return message?.uidValidity !== uidValidity || includes(altered, message.uid) || (standing !== undefined && !includes(standing, message.uid));
      },
    };
  }, signal);
}

/** A mailbox whose numbers fell is not the one that it was, whatever its UIDVALIDITY. */
function follows(now: Stand, then: Stand): boolean {
  return now.server === then.server && now.uidValidity === then.uidValidity && now.modseq >= then.modseq && now.uidNext >= then.uidNext;
}

/** A HIGHESTMODSEQ of 0 is that of a mailbox without mod-sequences (RFC 7162 section 3.1.7). */
function standOf(status: StatusObject | false, server: string): Stand | undefined {
  if (status === false) return undefined;
  const { uidValidity, highestModseq: modseq, uidNext, messages } = status;
  if (uidValidity === undefined || modseq === undefined || modseq === 0n || uidNext === undefined || messages === undefined) return undefined;
  return { server, uidValidity, modseq, uidNext, messages };
}

function writeStand({ server, uidValidity, modseq, uidNext, messages }: Stand): string {
  return ["imap", server, uidValidity, modseq, uidNext, messages].join(" ");
}

/** Undefined when the text is none of ours. */
function readStand(text: string): Stand | undefined {
  const [, server, uidValidity, modseq, uidNext, messages] = /^imap (\S+) (\d+) (\d+) (\d+) (\d+)$/.exec(text) ?? [];
  if (server === undefined || uidValidity === undefined || modseq === undefined) return undefined;
  return { server, uidValidity: BigInt(uidValidity), modseq: BigInt(modseq), uidNext: Number(uidNext), messages: Number(messages) };
}

/** A search that was refused must not read as one that found nothing. */
function uidsOf(found: unknown): Uint32Array | typeof UNTOLD {
  return Array.isArray(found) ? Uint32Array.from(found as readonly number[]).sort() : UNTOLD;
}

function includes(sorted: Uint32Array, uid: number): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < uid) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === uid;
}
