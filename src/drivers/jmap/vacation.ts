import type { Arguments } from "./client.js";
import { errorOf, setRefusal, type MailAccess } from "./emails.js";
import { textOrNull, utcDate } from "./values.js";

/** An account has one, whose id this is (RFC 8621 §8). */
export const SINGLETON = "singleton";

/** The automatic reply of an account (RFC 8621 §8): to everybody alike, between its dates where it has some, under a subject of the server's where it has none. */
export interface VacationResponse {
  readonly isEnabled: boolean;
  readonly fromDate: Date | null;
  readonly toDate: Date | null;
  readonly subject: string | null;
  readonly textBody: string | null;
  readonly htmlBody: string | null;
}

/** What an account has that never set one. */
export const BLANK: VacationResponse = { isEnabled: false, fromDate: null, toDate: null, subject: null, textBody: null, htmlBody: null };

export async function readVacation({ client, account }: MailAccess, signal: AbortSignal): Promise<VacationResponse> {
  const { list } = await client.call("VacationResponse/get", { accountId: account, ids: [SINGLETON] }, signal);
  const found = (Array.isArray(list) ? (list as readonly Arguments[]) : [])[0] ?? {};
  return {
    isEnabled: found["isEnabled"] === true, fromDate: dateOf(found["fromDate"]), toDate: dateOf(found["toDate"]),
    subject: textOrNull(found["subject"]), textBody: textOrNull(found["textBody"]), htmlBody: textOrNull(found["htmlBody"]),
  };
}

/** Replaces all of it: nothing of an earlier one stays. @throws ExodusError. */
export async function writeVacation({ client, account }: MailAccess, response: VacationResponse, signal: AbortSignal): Promise<void> {
  const update = { [SINGLETON]: { ...response, fromDate: dateOrNull(response.fromDate), toDate: dateOrNull(response.toDate) } };
  const { notUpdated } = await client.call("VacationResponse/set", { accountId: account, update }, signal);
  const error = errorOf(notUpdated, SINGLETON);
  if (error !== undefined) throw setRefusal(client, "VacationResponse/set", error);
}

function dateOf(value: unknown): Date | null {
  return typeof value === "string" ? new Date(value) : null;
}

function dateOrNull(date: Date | null): string | null {
  return date === null ? null : utcDate(date);
}
