import type { ImapFlow } from "imapflow";

/** Bytes that an account's mail may take, and takes. */
export interface Room {
  readonly used: number;
  readonly limit: number;
}

/** Room of the account by its inbox's quota root (RFC 9208 section 4.2, GETQUOTAROOT); undefined without limit, or where the server does not tell. */
export async function roomOf(client: ImapFlow): Promise<Room | undefined> {
  const quota = await client.getQuota("INBOX");
  if (quota === false || quota === undefined || quota.storage === undefined) return undefined;
  const { usage: used = 0, limit = 0 } = quota.storage;
  return limit > 0 ? { used, limit } : undefined;
}
