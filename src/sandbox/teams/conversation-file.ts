import { createReadStream } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { GraphRefusal } from "../answers.js";
import { absent } from "../tenant/read.js";

/** A message as a line of `messages.jsonl` tells it: Graph's chatMessage, or as much of it as the writer cared to give. */
export type RawMessage = Readonly<Record<string, unknown>>;

/** One line: where it stands, and the dates by which lists are ordered and filtered. */
export interface Line {
  readonly id: string;
  readonly created: string;
  /** Last change of the message or of one of its replies. */
  readonly modified: string;
  readonly offset: number;
  readonly length: number;
}

interface Index {
  readonly mark: string;
  readonly lines: readonly Line[];
}

const indexes = new Map<string, Promise<Index>>();
const INDEXES_KEPT = 200;

/** Lines of a conversation in the order of the file; read once per state of the file, the lines themselves are not kept. */
export async function linesOf(folder: string): Promise<readonly Line[]> {
  const file = path.join(folder, "messages.jsonl");
  const info = await stat(file, { bigint: true }).catch(absent(undefined));
  if (info === undefined) return [];
  const mark = `${info.mtimeNs}:${info.size}:${info.ino}`;
  const known = await indexes.get(file);
  if (known?.mark === mark) return known.lines;
  if (indexes.size >= INDEXES_KEPT) indexes.delete(indexes.keys().next().value ?? "");
  const made = indexOf(file, mark);
  indexes.set(file, made);
  return (await made).lines;
}

/** Reads the message of a line. */
export type MessageAt = (line: Line) => Promise<RawMessage>;

/** Messages of a conversation, whose file is opened once for all that `work` asks for. */
export async function withMessages<T>(folder: string, work: (messageAt: MessageAt) => Promise<T>): Promise<T> {
  let opened: Promise<FileHandle> | undefined;
  try {
    return await work(async ({ offset, length }) => {
      const handle = await (opened ??= open(path.join(folder, "messages.jsonl"), "r"));
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
      return JSON.parse(buffer.toString("utf8")) as RawMessage;
    });
  } finally {
    await (await opened)?.close();
  }
}

/** Replies of a root message, oldest first. */
export function repliesOf(message: RawMessage): readonly RawMessage[] {
  return Array.isArray(message["replies"]) ? (message["replies"] as RawMessage[]) : [];
}

export function createdOf(message: RawMessage): string {
  return String(message["createdDateTime"] ?? "2024-01-01T00:00:00.000Z");
}

/** Deleting and editing change a message; so do reactions. */
export function modifiedOf(message: RawMessage): string {
  const told = message["lastModifiedDateTime"];
  if (typeof told === "string") return told;
  return [createdOf(message), message["lastEditedDateTime"], message["deletedDateTime"]].filter((date) => typeof date === "string").sort().at(-1) ?? createdOf(message);
}

/** Ids of messages are the milliseconds of their making, as those of Teams look. */
export function idOf(message: RawMessage): string {
  return typeof message["id"] === "string" ? message["id"] : String(Date.parse(createdOf(message)));
}

async function indexOf(file: string, mark: string): Promise<Index> {
  const lines: Line[] = [];
  let [offset, rest] = [0, Buffer.alloc(0)];
  const take = (bytes: Buffer): void => {
    if (bytes.toString("utf8").trim() !== "") lines.push(lineOf(file, bytes, offset));
    offset += bytes.length + 1;
  };
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10, from)) {
      take(rest.subarray(from, end));
      from = end + 1;
    }
    rest = rest.subarray(from);
  }
  if (rest.length > 0) take(rest);
  return { mark, lines };
}

function lineOf(file: string, bytes: Buffer, offset: number): Line {
  try {
    const message = JSON.parse(bytes.toString("utf8")) as RawMessage;
    const modified = [message, ...repliesOf(message)].map(modifiedOf).sort().at(-1) ?? "";
    return { id: idOf(message), created: createdOf(message), modified, offset, length: bytes.length };
  } catch (cause) {
    throw new GraphRefusal(500, "generalException", `${path.basename(path.dirname(file))}/messages.jsonl, byte ${offset}: ${String(cause)}`);
  }
}
