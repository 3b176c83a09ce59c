import { ImapFlow } from "imapflow";

export interface ClientAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly pass: string;
}

/** One connection in clear text, outside the driver under test. */
export async function withClient<T>({ host, port, user, pass }: ClientAccess, use: (client: ImapFlow) => Promise<T>): Promise<T> {
  const client = new ImapFlow({ host, port, secure: false, doSTARTTLS: false, auth: { user, pass }, logger: false });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.logout();
  }
}

export function countMessages(access: ClientAccess, mailbox: string): Promise<number> {
  return withClient(access, async (client) => {
    const status = await client.status(mailbox, { messages: true });
    return status === false ? -1 : status.messages ?? -1;
  });
}

/** Removes a message as its owner would, in another session. */
export async function expungeBehind(access: ClientAccess, mailbox: string, uid: number): Promise<void> {
  await withClient(access, async (client) => {
    await client.mailboxOpen(mailbox);
    await client.messageDelete(String(uid), { uid: true });
  });
}
