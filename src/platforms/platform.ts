import type { Lang } from "../core/errors.js";
import type { WorkloadName } from "../core/item.js";

export type Said = Readonly<Record<Lang, string>>;

/** What becomes of one kind of content at a platform. */
export interface PlatformRoute {
  /** Adapter that carries it there; "archive" = files handed over to the vendor's import team. Absent: the platform has no place for it. */
  readonly through?: string;
  /** What has to be known beside the adapter's own losses. */
  readonly note: Said;
  /** Document and place that say so: repository, commit and path, or page address. */
  readonly cite: string;
}

/** A vendor's platform. Plain data; where an adapter has its name, what the adapter takes comes before what is said here. */
export interface Platform {
  readonly name: string;
  readonly title: string;
  /** Where it is told at length. */
  readonly page: string;
  /** Every kind of content that no adapter of this name takes has an answer, even if it is "no". */
  readonly workloads: Readonly<Partial<Record<WorkloadName, PlatformRoute>>>;
}

const said = (en: string, fr: string): Said => ({ en, fr });

/** Handed over as files. */
export function handOver(cite: string, en: string, fr: string): PlatformRoute {
  return { through: "archive", note: said(en, fr), cite };
}

/** The platform hosts nothing of the kind. */
export function elsewhere(cite: string, en: string, fr: string): PlatformRoute {
  return { note: said(en, fr), cite };
}

/** Mail of a platform without mailboxes. */
export function noMailbox(cite: string): PlatformRoute {
  return elsewhere(cite, "Hosts no mailboxes: to a mail server beside it, by `imap` or `jmap`.", "N'héberge pas de boîtes : vers un serveur de courrier à côté, par `imap` ou `jmap`.");
}

/** Private calendars of a platform that has none, or none that a program may write. */
export function calendarsBeside(cite: string): PlatformRoute {
  return elsewhere(cite, "No calendar of a person that a program may write: to a calendar server beside it, by `caldav`.", "Pas d'agenda personnel qu'un programme puisse écrire : vers un serveur d'agendas à côté, par `caldav`.");
}

export function addressBooksBeside(cite: string): PlatformRoute {
  return elsewhere(cite, "No address book of a person: to an address book server beside it, by `carddav`.", "Pas de carnet d'adresses personnel : vers un serveur de carnets à côté, par `carddav`.");
}

/** What no source shows a way in for: readable files, kept by people. */
export function asFiles(cite: string): Readonly<Record<"settings" | "lists" | "pages" | "tasks" | "notes" | "directory", PlatformRoute>> {
  const one = handOver(cite, "No documented way in: records and readable pages in the archive.", "Pas d'entrée documentée : fiches et pages lisibles dans l'archive.");
  return { settings: one, lists: one, pages: one, tasks: one, notes: one, directory: one };
}
