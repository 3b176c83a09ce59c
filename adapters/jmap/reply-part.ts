import type { PutContext, PutResult, TargetContainer, TargetRef, Verdict } from "../../src/core/adapter.js";
import { itemDigest } from "../../src/core/digest.js";
import type { Item } from "../../src/core/item.js";
import type { MailAccess } from "../../src/drivers/jmap/emails.js";
import { BLANK, readVacation, SINGLETON, writeVacation, type VacationResponse } from "../../src/drivers/jmap/vacation.js";
import type { AutomaticReplyRecord } from "../../src/format/settings.js";
import { settingItem } from "../../src/kit/typed-items.js";
import { htmlToText } from "../../src/lib/html-text.js";
import { sameSecond } from "../../src/lib/same-second.js";
import { saidResponse, STANDING, type SaidResponse } from "./reply.js";
import type { SettingPart } from "./settings-session.js";

/** Etag of a reply that was not written, since the owner has another one. */
const LEFT = "left";

/** One account's automatic reply, of which there is one and no second. Its etag tells what the server made of what we wrote: whatever else stands there is the owner's, and stays. */
export class ReplyPart implements SettingPart {
  readonly type = "automatic-reply";
  readonly prefix = SINGLETON;

  constructor(private readonly mail: MailAccess, private readonly replies: "on" | "off") {}

  async put(item: Item, { known, signal }: PutContext): Promise<PutResult> {
    const said = this.#said(item);
    if (said === undefined) return { outcome: "skipped", code: "SETTING_UNPLACED" };
    const { record, response, losses } = said;
    const standing = await readVacation(this.mail, signal);
    const first = known === undefined;
    const written = known?.etag === hashOf(standing);
    if (differences(response, standing).length === 0 || (!written && readsAs(response, standing))) return { outcome: first ? "created" : "unchanged", ref: refOf(standing), losses };
    if (!isBlank(standing) && !written) {
      return { outcome: first ? "created" : "unchanged", ref: { id: SINGLETON, etag: LEFT }, losses: record.status === "off" ? [] : [...losses, STANDING] };
    }
    await writeVacation(this.mail, response, signal);
    return { outcome: first ? "created" : "updated", ref: refOf(await readVacation(this.mail, signal)), losses };
  }

  async find(item: Item, { signal }: PutContext): Promise<TargetRef | undefined> {
    const said = this.#said(item);
    const standing = await readVacation(this.mail, signal);
    if (said === undefined || isBlank(standing)) return undefined;
    return differences(said.response, standing).length === 0 || readsAs(said.response, standing) ? refOf(standing) : undefined;
  }

  async remove({ etag }: TargetRef, _into: TargetContainer, signal: AbortSignal): Promise<void> {
    if (etag === hashOf(await readVacation(this.mail, signal))) await writeVacation(this.mail, BLANK, signal);
  }

  /** A reply of the owner's own, which was told as a loss or came since, is no fault: it stays. One that is taken away without another in its place is. */
  async verify(item: Item, { etag }: TargetRef, { signal }: PutContext): Promise<Verdict> {
    const said = this.#said(item);
    if (said === undefined) return { state: "missing", fields: [] };
    if (etag === LEFT) return { state: "same", fields: [] };
    const standing = await readVacation(this.mail, signal);
    const right = etag === hashOf(standing) ? readsAs(said.response, standing) : !isBlank(standing);
    const fields = right ? [] : differences(said.response, standing);
    return { state: fields.length === 0 ? "same" : "different", fields };
  }

  #said(item: Item): (SaidResponse & { readonly record: AutomaticReplyRecord }) | undefined {
    const { record } = settingItem(item);
    return record.type === "automatic-reply" ? { record, ...saidResponse(record, this.replies) } : undefined;
  }
}

function isBlank(standing: VacationResponse): boolean {
  return differences(BLANK, standing).length === 0;
}

function refOf(standing: VacationResponse): TargetRef {
  return { id: SINGLETON, etag: hashOf(standing) };
}

function hashOf(response: VacationResponse): string {
  return itemDigest(JSON.parse(JSON.stringify(response)) as object, undefined, []);
}

/** A server may clean the text that it takes: what reads as ours, under the same switch, subject and dates, is what it made of it. A text that says nothing could be anybody's. */
function readsAs(expected: VacationResponse, found: VacationResponse): boolean {
  const { textBody, htmlBody } = expected;
  const [wanted, told] = [words(expected), words(found)];
  return differences(expected, { ...found, textBody, htmlBody }).length === 0 && told.length > 0 && told.every((text) => text === wanted[0]);
}

/** What its texts say, each that says anything. */
function words({ textBody, htmlBody }: VacationResponse): readonly string[] {
  return [textBody ?? "", htmlToText(htmlBody ?? "")].map((text) => text.replace(/\s+/g, " ").trim()).filter((text) => text !== "");
}

/** Servers may keep whole seconds only; an empty text is none. */
function differences(expected: VacationResponse, found: VacationResponse): Verdict["fields"] {
  const date = (a: Date | null, b: Date | null): boolean => (a === null || b === null ? a === b : sameSecond(a, b));
  const text = (a: string | null, b: string | null): boolean => (a ?? "").trimEnd() === (b ?? "").trimEnd();
  const same: Readonly<Record<keyof VacationResponse, boolean>> = {
    isEnabled: expected.isEnabled === found.isEnabled, fromDate: date(expected.fromDate, found.fromDate), toDate: date(expected.toDate, found.toDate),
    subject: text(expected.subject, found.subject), textBody: text(expected.textBody, found.textBody), htmlBody: text(expected.htmlBody, found.htmlBody),
  };
  return (Object.keys(same) as (keyof VacationResponse)[]).filter((field) => !same[field]).map((field) => ({ field, expected: shown(expected[field]), found: shown(found[field]) }));
}

function shown(value: VacationResponse[keyof VacationResponse]): string {
  return value instanceof Date ? value.toISOString() : String(value ?? "");
}
