import { parse } from "csv-parse/sync";
import { asLocalpart } from "../../src/drivers/matrix/users.js";
import { GHOST_PREFIX } from "../../src/drivers/matrix/registration.js";
import type { Person } from "../../src/format/records.js";

/** Somebody at the target. */
export interface Identity {
  readonly user: string;
  /** For a new account; a person's own keeps the name that it has. */
  readonly name: string | undefined;
  /** Stands for somebody who has no account: of another organisation, gone, or a program. */
  readonly ghost: boolean;
}

export interface PeopleOptions {
  readonly server: string;
  /** Mail domains of those who have accounts, in small letters. */
  readonly domains: readonly string[];
  /** Accounts that are called otherwise than the address, by the address in small letters. */
  readonly accounts: ReadonlyMap<string, string>;
  /** False: everybody is a ghost. */
  readonly own: boolean;
  readonly unknown: string;
}

/** Who is who: an address of the organisation is the account of that name, everybody else a ghost with a name. */
export class People {
  constructor(private readonly options: PeopleOptions) {}

  /** Absent: somebody whom the source does not name any more, or the service itself. */
  of(person: Person | undefined): Identity {
    const { server, unknown } = this.options;
    const own = person?.kind === "user" ? this.account(person.address) : undefined;
    if (own !== undefined) return { user: own, name: person?.name, ghost: false };
    const [id, name] = [person?.id ?? person?.address ?? person?.name, person?.name ?? person?.address];
    return { user: `@${GHOST_PREFIX}${id === undefined ? "unknown" : asLocalpart(id)}:${server}`, name: name ?? unknown, ghost: true };
  }

  isGhost(user: string): boolean {
    return user.startsWith(`@${GHOST_PREFIX}`);
  }

  /** A ghost that came to speak and is not a member. */
  isPassing(user: string, members: readonly Pick<Identity, "user">[]): boolean {
    return this.isGhost(user) && !members.some((member) => member.user === user);
  }

  /** The account of an address, of the organisation or listed; or of a name that is an account's already. */
  account(address: string | undefined): string | undefined {
    if (address === undefined) return undefined;
    if (/^@[^:]+:.+/.test(address)) return address;
    const { server, domains, accounts, own } = this.options;
    const low = address.toLowerCase();
    const listed = accounts.get(low);
    if (listed !== undefined) return listed.startsWith("@") ? listed : `@${listed}:${server}`;
    const at = low.lastIndexOf("@");
    return own && at > 0 && domains.includes(low.slice(at + 1)) ? `@${asLocalpart(low.slice(0, at))}:${server}` : undefined;
  }
}

/** Lines `address;account`, for accounts that are called otherwise. */
export function accountsOf(text: string): Map<string, string> {
  const rows = parse(text, { delimiter: ";", bom: true, skip_empty_lines: true, relax_column_count: true, trim: true }) as string[][];
  return new Map(rows.flatMap(([address, account]) => (address === undefined || account === undefined ? [] : [[address.toLowerCase(), account] as const])));
}
