import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

interface TenantMessage {
  readonly createdDateTime: string;
  readonly replies?: readonly TenantMessage[];
}

const clock = new Intl.DateTimeFormat("fr-FR", { timeZone: "Europe/Paris", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" });

/** When a message was written, by the line of its text that says so: messages of one channel differ in that. */
export function writtenAt(text: string): string {
  return /, le (.*?) UTC\+[12] \(Microsoft Teams/.exec(text)?.[1] ?? "";
}

/** ISO instants of a team's messages by the tenant's folder: by channel, a thread each, first message and answers. */
async function instants(tenant: string, team: string): Promise<ReadonlyMap<string, readonly (readonly string[])[]>> {
  const found = new Map<string, readonly (readonly string[])[]>();
  for (const channel of await readdir(path.join(tenant, "teams", team), { withFileTypes: true })) {
    if (!channel.isDirectory()) continue;
    const lines = (await readFile(path.join(tenant, "teams", team, channel.name, "messages.jsonl"), "utf8")).trim().split("\n");
    found.set(`${team} – ${channel.name}`, lines.map((line) => JSON.parse(line) as TenantMessage).map((message) => [message, ...(message.replies ?? [])].map(({ createdDateTime }) => createdDateTime)));
  }
  return found;
}

/** Threads that are to stand in each channel, oldest first, as `writtenAt` tells their messages. */
export async function tenantThreads(tenant: string, team: string): Promise<Record<string, string[][]>> {
  return Object.fromEntries([...(await instants(tenant, team))].map(([channel, threads]) => [channel, threads.map((thread) => thread.map(told))]));
}

/** The same where a channel shows no threads: all messages by their age. */
export async function tenantMessages(tenant: string, team: string): Promise<Record<string, string[]>> {
  return Object.fromEntries([...(await instants(tenant, team))].map(([channel, threads]) => [channel, threads.flat().sort((a, b) => Date.parse(a) - Date.parse(b)).map(told)]));
}

function told(instant: string): string {
  return clock.format(new Date(instant));
}
