import type { Store, StoredContent, StoredMember } from "./store.js";

export type Shape = Readonly<Record<string, unknown>>;

/** `<error><code/><message/></error>` by a status. */
export class Refusal extends Error {
  constructor(readonly status: number, message: string, readonly undescribed = false) {
    super(message);
  }

  static undescribed(what: string): Refusal {
    return new Refusal(400, what, true);
  }
}

/** Parameters that every content has in the edit form, by the help: `gids` and `mids` stand there for the form's own names. */
export const COMMON: readonly string[] = [
  "title", "author", "ws", "cids", "pdate", "edate", "sdate", "adate", "mainLanguage", "pstatus", "wfNote", "friendlyURL", "attachWorkspaceIds", "updateMemberIds", "updateGroupIds",
  "gids", "mids", "skipActivity", "silentUpdate", "tracked", "readAck", "extraDBKeys", "extraDBValues", "extraKeys", "extraValues",
];

/** src/app/models/jcms/member.ts, and src/assets/mock/DemAdmin.json ("author"). */
export function memberShape({ id, login, email, fullName }: StoredMember): Shape {
  return { class: "com.jalios.jcms.Member", id, login, email, fullName };
}

/** src/assets/mock/DemAdmin.json: dates, authors, links. */
export function contentShape({ members, contents }: Store, { id, type, author, opAuthor, cdate, mdate, fields }: StoredContent): Shape {
  const { targetContent, ...texts } = fields;
  const target = contents.get(targetContent ?? "");
  return {
    class: `generated.${type}`, id, cdate: instant(cdate), mdate: instant(mdate), author: short(members.get(author)), opAuthor: short(members.get(opAuthor)), ...texts,
    ...(target === undefined ? {} : { targetContent: { class: `generated.${target.type}`, id: target.id } }),
  };
}

function short(member: StoredMember | undefined): Shape {
  return member === undefined ? {} : { class: "com.jalios.jcms.Member", id: member.id, login: member.login, fullName: member.fullName };
}

function instant(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, "Z");
}

/** src/app/core/jcmsPager.ts; sizes: the help. */
export function pageShape(all: readonly unknown[], query: URLSearchParams): Shape {
  const [size, start] = [Math.min(500, Number(query.get("pageSize") ?? 10)), Number(query.get("start") ?? 0)];
  return { dataSet: all.slice(start, start + size), pageSize: size, start, total: all.length };
}

/** Forms of this emulator's own: none is described. */
export function typeShape(name: string, fields: readonly string[]): Shape {
  return { class: `generated.${name}`, name, fields: fields.map((field) => ({ name: field })) };
}

export function pluginsShape(): readonly Shape[] {
  return [{ name: "CollaborativeSpacePlugin", version: "8.0.6" }, { name: "DBCommentPlugin", version: "6.3.7" }];
}
