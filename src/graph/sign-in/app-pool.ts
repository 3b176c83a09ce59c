import { ExodusError } from "../../core/errors.js";
import type { Charge } from "../../core/governor.js";
import type { Auth } from "./auth.js";

/** A registered application: it signs in by itself and has limits of its own. */
export interface GraphApp {
  /** Client id. */
  readonly id: string;
  readonly auth: Auth;
}

export interface AppPoolOptions {
  /** Spread drives over the applications. SharePoint asks not to: "Creating multiple AppIDs for the same application" (see docs/decisions/0005). */
  readonly spreadFiles?: boolean | undefined;
  /** Told once of an application that cannot sign in while others can. */
  readonly onLeftOut?: ((app: string, error: ExodusError) => void) | undefined;
}

/** What decides who may ask: the charges of a request, and what a refusal of it is remembered by. */
export interface Errand {
  readonly charges: readonly Charge[];
  /** Application whose link this is. */
  readonly pinned: string | undefined;
  readonly permission: string | undefined;
  readonly key: string | undefined;
}

/**
 * Several applications that read one tenant. Any of them may ask for anything, with three exceptions: a link is followed by the application that got it (that
 * others may is documented nowhere), a drive belongs to one application, and one that was refused where another was not is not asked again.
 */
export class AppPool {
  readonly #leftOut = new Set<GraphApp>();
  readonly #refused = new Set<string>();
  /** Spread drives, each with the application that has it. */
  readonly #drives = new Map<string, GraphApp>();

  constructor(readonly apps: readonly [GraphApp, ...GraphApp[]], private readonly options: AppPoolOptions = {}) {}

  get main(): GraphApp {
    return this.apps[0];
  }

  /**
   * Runs `work` with those who may do it; `work` answers for the one that it chose by `chosen`. Where one is refused, the others are tried.
   * @throws the first refusal when all are refused; any other error as it is.
   */
  async run<T>(errand: Errand, work: (apps: readonly GraphApp[], chosen: (app: GraphApp) => void) => Promise<T>): Promise<T> {
    const refused = new Map<GraphApp, ExodusError>();
    for (let apps = this.#candidates(errand); ; apps = this.#others(errand, refused)) {
      let asked = apps[0] ?? this.main;
      try {
        const result = await work(apps, (app) => { asked = app; });
        for (const app of refused.keys()) this.#refused.add(placeOf(app, errand));
        return result;
      } catch (thrown) {
        if (!(thrown instanceof ExodusError) || !isRefusal(thrown)) throw thrown;
        refused.set(asked, thrown);
        if (this.#others(errand, refused).length === 0) throw [...refused.values()][0];
        if (thrown.code.startsWith("AUTH_")) this.#leaveOut(asked, thrown);
      }
    }
  }

  /** Whose share a download takes: the address was given to the application that the drive belongs to. */
  ownerOf(errand: Errand): GraphApp {
    return this.#candidates(errand)[0] ?? this.main;
  }

  #candidates(errand: Errand): readonly GraphApp[] {
    const able = this.#able(errand);
    const pinned = able.find(({ id }) => id === errand.pinned);
    const drive = errand.charges.find(({ key }) => key.startsWith("graph:drive:"))?.key;
    if (drive === undefined) return pinned === undefined ? able : [pinned];
    if (this.options.spreadFiles !== true) return [pinned ?? able[0] ?? this.main];
    const held = this.#drives.get(drive);
    const owner = pinned ?? (held !== undefined && able.includes(held) ? held : this.#leastLaden(able));
    this.#drives.set(drive, owner);
    return [owner];
  }

  /** Who has the fewest drives: a hash of their ids would give one of three applications half of six. */
  #leastLaden(able: readonly GraphApp[]): GraphApp {
    const drives = new Map(able.map((app) => [app, 0]));
    for (const app of this.#drives.values()) if (drives.has(app)) drives.set(app, (drives.get(app) ?? 0) + 1);
    return [...drives].sort(([, a], [, b]) => a - b)[0]?.[0] ?? this.main;
  }

  #others(errand: Errand, refused: ReadonlyMap<GraphApp, unknown>): readonly GraphApp[] {
    return this.#able(errand).filter((app) => !refused.has(app));
  }

  /** All, when there is nobody else: the refusal is then worth telling. */
  #able(errand: Errand): readonly GraphApp[] {
    const signedIn = this.apps.filter((app) => !this.#leftOut.has(app));
    const able = signedIn.filter((app) => !this.#refused.has(placeOf(app, errand)));
    return able.length > 0 ? able : signedIn.length > 0 ? signedIn : this.apps;
  }

  #leaveOut(app: GraphApp, error: ExodusError): void {
    if (this.#leftOut.has(app)) return;
    this.#leftOut.add(app);
    this.options.onLeftOut?.(app.id, error);
  }
}

/** An application may have the consent and not the mailbox (Exchange's role-based access control for applications). */
function placeOf(app: GraphApp, { permission = "", key = "" }: Errand): string {
  return `${app.id} ${permission} ${key}`;
}

/** Whether one application was refused what another may be given. An unreachable sign-in is no refusal: it is nobody's fault, and may pass. */
export function isRefusal({ code }: ExodusError): boolean {
  return code === "GRAPH_CONSENT" || code === "GRAPH_TOKEN" || (code.startsWith("AUTH_") && code !== "AUTH_UNREACHABLE");
}

/** A link with the application that got it: behind "#", which is never sent. The main application's links stand as they are. */
export function pinnedLink(link: string, app: GraphApp, { main }: AppPool): string {
  return app === main ? link : `${link}#${app.id}`;
}

/** The application that a link is for: the main one where it names none; undefined for a path, which is nobody's. */
export function linkOwner(path: string, { main }: AppPool): { readonly path: string; readonly pinned: string | undefined } {
  if (!path.startsWith("https://")) return { path, pinned: undefined };
  const at = path.lastIndexOf("#");
  return at < 0 ? { path, pinned: main.id } : { path: path.slice(0, at), pinned: path.slice(at + 1) };
}
