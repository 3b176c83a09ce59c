import { csvLine } from "../lib/csv.js";

/** Somebody with an account of their own, as far as the directory tells. */
export interface AccountHolder {
  /** At the target. */
  readonly account: string;
  readonly mail: string;
  readonly displayName: string;
  readonly givenName?: string | undefined;
  readonly surname?: string | undefined;
  readonly company?: string | undefined;
  readonly department?: string | undefined;
  readonly jobTitle?: string | undefined;
  readonly phone?: string | undefined;
  readonly mobile?: string | undefined;
  readonly street?: string | undefined;
  readonly postalCode?: string | undefined;
  readonly region?: string | undefined;
  readonly city?: string | undefined;
}

/** Files in the columns of one platform's own import. Only where a source documents them: others get the neutral tables. */
export interface PeopleForm {
  /** Name of a file; `part` counts from 1. */
  file(part: number): string;
  readonly header: readonly string[];
  /** People that one file may hold. */
  readonly most?: number;
  row(holder: AccountHolder): readonly string[];
}

/**
 * Netframe finds its columns by the words of the interface's language, separated by `;`, without byte order mark: NetframeHQ/netframe-core@33e11bf,
 * app/Http/Controllers/Instance/InstanceController.php (create) and lang/fr/instances.php (create.cols). All three are required.
 */
const netframe: PeopleForm = {
  file: () => "netframe-users.csv",
  header: ["Email", "Nom", "Prenom"],
  row: ({ account, mail, displayName, surname, givenName }) => [account.includes("@") ? account : mail, surname ?? displayName, givenName ?? displayName],
};

/**
 * JPlatform's import of members (administration screens of version 10.0.7): a header line, `;` or `,`, a thousand lines a file; the e-mail is the key, and
 * with name and first name required. In which form a country is told is written nowhere: left empty.
 */
const jalios: PeopleForm = {
  file: (part) => `jalios-members-${part}.csv`,
  header: ["Name", "Firstname", "Email", "Login", "Organization", "Department", "Job title", "Phone", "Mobile", "Street address", "Postal code", "Po Box", "Region", "Locality", "Country"],
  most: 999,
  row: ({ account, mail, displayName, surname, givenName, company, department, jobTitle, phone, mobile, street, postalCode, region, city }) => [
    surname ?? displayName, givenName ?? displayName, mail, account, ...[company, department, jobTitle, dialled(phone), dialled(mobile), street, postalCode, "", region, city, ""].map((text) => text ?? ""),
  ],
};

export const PEOPLE_FORMS: Readonly<Record<string, PeopleForm>> = { jalios, netframe };

/** A number that begins with `+` would be taken for a formula, and written so that it is none: the sign for "abroad" in figures is the same number. */
function dialled(number: string | undefined): string | undefined {
  return number?.trim().replace(/^\+/, "00");
}

export interface LineWriter {
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Writes people in a platform's form, into as many files as it takes; at least one, which then has the header alone. */
export class PeopleFiles {
  readonly #written: string[] = [];
  #open: LineWriter | undefined;
  #held = 0;

  constructor(private readonly form: PeopleForm, private readonly open: (file: string) => Promise<LineWriter>) {}

  async add(holder: AccountHolder): Promise<void> {
    if (this.#open === undefined || this.#held === this.form.most) await this.#next();
    await this.#open?.write(csvLine(this.form.row(holder)));
    this.#held += 1;
  }

  /** Answers the files' names. */
  async close(): Promise<readonly string[]> {
    if (this.#open === undefined) await this.#next();
    await this.#open?.close();
    return this.#written;
  }

  async #next(): Promise<void> {
    await this.#open?.close();
    const file = this.form.file(this.#written.length + 1);
    this.#open = await this.open(file);
    this.#written.push(file);
    this.#held = 0;
    await this.#open.write(csvLine(this.form.header));
  }
}
