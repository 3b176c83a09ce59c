import { markOf } from "../../src/convert/message/origin.js";
import type { Account } from "../../src/core/adapter.js";
import type { Project, WimiClient } from "../../src/drivers/wimi/client.js";
import { createProject } from "../../src/drivers/wimi/documents.js";
import type { ByAccount } from "../../src/kit/by-account.js";
import { fillTemplate } from "../../src/kit/options.js";
import { serial } from "../../src/lib/serial.js";
import { foldedName } from "../../src/lib/target-names.js";

export interface ProjectOptions {
  /** Workspaces that the administrator made, by account: number or name. */
  readonly given: ByAccount<number | string>;
  /** Of those that are made; undefined: none are. */
  readonly category: number | undefined;
  /** Name of those that are made, before their mark. */
  readonly name: string;
}

/** Which workspace ("project") has whose files. */
export class Projects {
  readonly #oneByOne = serial();
  /** Which account's files go to a workspace: a session knows what stands by itself alone. */
  readonly #holders = new Map<number, string>();
  /** A workspace may have been made that no list has told yet: each list costs a sign-in. */
  #stale = false;

  constructor(private readonly client: WimiClient, private readonly options: ProjectOptions) {}

  /** `known`: its number of the last time; people may have renamed it since. */
  of(account: Account, known: number | undefined, signal: AbortSignal): Promise<{ readonly id: number; readonly made: boolean }> {
    // What another account is having made would not be in the list.
    return this.#oneByOne(async () => {
      const found = await this.#of(account, known, signal);
      this.#hold(found.id, account.name);
      return found;
    });
  }

  /** @throws ExodusError TARGET_CONTAINER_REFUSED for a name that is nobody's, or of several. */
  given(given: number | string, seen: readonly Project[]): number {
    const found = seen.filter(({ id, name }) => (typeof given === "number" ? id === given : name === given));
    const [one] = found;
    if (one === undefined || found.length > 1) throw this.client.error("TARGET_CONTAINER_REFUSED", `projects: ${found.length} of "${given}"; ${this.client.access.login} must be a member`);
    return one.id;
  }

  /** A number and a name of one workspace are told apart by no schema. */
  #hold(id: number, account: string): void {
    const holder = this.#holders.get(id);
    if (holder !== undefined && foldedName(holder) !== foldedName(account)) {
      throw this.client.error("TARGET_CONTAINER_REFUSED", `projects: workspace ${id} has the files of ${holder}, those of ${account} need another`);
    }
    this.#holders.set(id, account);
  }

  async #of(account: Account, known: number | undefined, signal: AbortSignal): Promise<{ readonly id: number; readonly made: boolean }> {
    const given = this.options.given.of(account.name);
    if (given !== undefined) return { id: this.given(given, await this.client.projects(signal)), made: false };
    const name = `${fillTemplate(this.options.name, account.name)} ${markOf({ workload: "files", id: account.owner.id })}`;
    const found = find(await this.#listed(signal), known, name);
    if (found !== undefined) return { id: found.id, made: false };
    return { id: await this.#make(account.name, name, signal), made: true };
  }

  async #make(account: string, name: string, signal: AbortSignal): Promise<number> {
    const { category } = this.options;
    if (category === undefined) throw this.client.error("TARGET_CONTAINER_REFUSED", `no workspace is named for "${account}" in "projects", and without "category" none is made`);
    this.#stale = true;
    await createProject(this.client, name, category, signal);
    const made = find(await this.#listed(signal), undefined, name);
    // Without its number nothing can be put there, and the next run would make another.
    if (made === undefined) throw this.client.error("TARGET_NOT_KEPT", "main.project.Create: not listed under its name");
    return made.id;
  }

  /** With all that this run has made. */
  async #listed(signal: AbortSignal): Promise<readonly Project[]> {
    const listed = await this.client.projects(signal, this.#stale);
    this.#stale = false;
    return listed;
  }
}

function find(projects: readonly Project[], known: number | undefined, name: string): Project | undefined {
  return projects.find(({ id }) => id === known) ?? projects.find((one) => one.name === name);
}
