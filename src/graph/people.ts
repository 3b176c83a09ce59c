import { asExodusError, type ErrorClass } from "../core/errors.js";
import type { DirectoryPerson } from "../core/source.js";
import type { GraphClient } from "./client/client.js";
import { mailboxKind } from "./mailbox-kind.js";
import { directoryUserRecord, USER_PROPERTIES, type GraphDirectoryUser } from "./map/directory.js";
import { ordered } from "./reading/ordered.js";

/** Mailboxes asked at once. */
const WIDTH = 8;

/** What a mailbox is for that could not be asked. */
const UNKNOWN = "unknown";

/** Failures that concern one mailbox: the others answer. */
const OF_ONE_MAILBOX: readonly ErrorClass[] = ["permanent-item", "permanent-container"];

/** Everybody in the directory, guests included: a request for 999 of them, and one for each person's mailbox; `onFailure` is told of a mailbox that could not be asked. */
export function people(client: GraphClient, cloudLacks: ReadonlySet<string>, signal: AbortSignal, onFailure: (thrown: unknown) => void): AsyncIterable<DirectoryPerson> {
  return ordered(users(client, signal), WIDTH, async (user) => {
    try {
      return personOf(user, (await mailboxKind(client, { id: user.id, guest: user.userType === "Guest" }, cloudLacks, signal)) ?? UNKNOWN);
    } catch (thrown) {
      const { errorClass, code } = asExodusError(thrown);
      if (signal.aborted || !(OF_ONE_MAILBOX.includes(errorClass) || code === "GRAPH_PASSING")) throw thrown;
      onFailure(thrown);
      return personOf(user, UNKNOWN);
    }
  });
}

async function* users(client: GraphClient, signal: AbortSignal): AsyncIterable<GraphDirectoryUser> {
  for await (const page of client.pages<GraphDirectoryUser>("/users", { signal, permission: "User.Read.All", query: { $select: USER_PROPERTIES, $top: 999 } })) yield* page.value;
}

function personOf(user: GraphDirectoryUser, mailbox: string): DirectoryPerson {
  const { id, name, displayName, mail, addresses, givenName, surname, department, jobTitle, office, phones, language, employeeId, enabled, guest, licences } =
    directoryUserRecord(user, { mailbox, memberOf: [], licenceNames: new Map(), photo: undefined });
  const taking = addresses.filter(({ kind }) => kind === "smtp").sort((a, b) => Number(b.primary) - Number(a.primary)).map(({ address }) => address);
  const maybe = { mail, givenName, surname, department, jobTitle, office, phone: phones.business[0] ?? phones.mobile, language, employeeId };
  return { id, name, displayName, addresses: taking, enabled, guest, licensed: licences.length > 0, mailbox, ...Object.fromEntries(Object.entries(maybe).filter(([, value]) => value !== undefined)) };
}
