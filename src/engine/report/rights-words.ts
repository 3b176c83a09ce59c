import type { Lang } from "../../core/errors.js";
import type { RightsLine } from "./rights-report.js";

type Role = RightsLine["right"]["role"];
type Scope = NonNullable<RightsLine["right"]["link"]>["scope"];

export interface RightsWords {
  readonly title: string;
  readonly explained: string;
  readonly columns: readonly string[];
  readonly kinds: Readonly<Record<RightsLine["kind"], string>>;
  readonly holders: Readonly<Record<string, string>>;
  readonly roles: Readonly<Record<Role, string>>;
  readonly scopes: Readonly<Record<Scope, string>>;
  /** Whom a link without names is for. */
  readonly anyone: Readonly<Record<Scope, string>>;
  readonly outside: string;
  readonly alone: string;
  readonly also: (folder: string) => string;
  readonly hasPrivate: string;
  /** What becomes of the right at a target. */
  readonly kept: (target: string) => string;
  readonly byHand: (target: string) => string;
  readonly noDownload: string;
  readonly password: string;
  readonly none: string;
  readonly count: (rows: number, outside: number) => string;
  readonly more: (shown: number, all: number) => string;
}

export const RIGHTS_WORDS: Readonly<Record<Lang, RightsWords>> = {
  en: {
    title: "Access rights of files, folders and calendars",
    explained: "Only files and folders with rights of their own; all others have those of the folder above. Addresses of links are in the vault only: whoever has one may open what it leads to. Only calendars that allow more than every calendar does (that the organisation sees when somebody is busy). Most who read a calendar do not see its private events: where it has some, look first whether the target hides them before you give a right to read there.",
    columns: ["Owner", "Path", "What", "Who", "Kind", "Address", "Account at the target", "Outside", "Role", "In the source's words", "Rights of the folder above", "Link", "Link: more", "Expires", "Private events", "At the target"],
    kinds: { file: "file", folder: "folder", calendar: "calendar" },
    holders: { user: "person", group: "group", "site-group": "site group", application: "application", device: "device", organization: "whole organisation", unknown: "unknown" },
    roles: {
      read: "read", write: "write", owner: "owner", other: "other", none: "nothing", "free-busy": "sees free and busy times", titles: "sees times, titles and places", "read-shown": "reads all but private events",
      "write-shown": "changes all but private events", delegate: "delegate, without private events", "delegate-private": "delegate, private events too",
    },
    scopes: { everybody: "everybody", organisation: "the organisation", named: "those named", unknown: "not told" },
    anyone: { everybody: "whoever has the link", organisation: "everybody of the organisation", named: "nobody any more", unknown: "not told" },
    outside: "yes", alone: "do not hold", also: (folder) => `hold as well: ${folder}`,
    hasPrivate: "yes", kept: (target) => `${target}: kept beside it, without effect`, byHand: (target) => `${target}: to be set by hand`,
    noDownload: "no download", password: "password",
    none: "No file, folder or calendar has rights of its own.",
    count: (rows, outside) => `${rows} rights, of which ${outside} reach outside the organisation.`,
    more: (shown, all) => `The first ${shown} of ${all}; rights.csv holds them all.`,
  },
  fr: {
    title: "Droits d'accès des fichiers, dossiers et agendas",
    explained: "Seuls figurent les fichiers et dossiers qui ont des droits à eux ; tous les autres ont ceux du dossier supérieur. Les adresses des liens ne sont que dans le coffre : qui en a une peut ouvrir ce où elle mène. Seuls figurent les agendas qui permettent plus que tout agenda (que l'organisme voie quand quelqu'un est occupé). La plupart de ceux qui lisent un agenda n'en voient pas les événements privés : là où il y en a, vérifiez que la cible les cache avant d'y donner un droit de lecture.",
    columns: ["Propriétaire", "Chemin", "Quoi", "Qui", "Sorte", "Adresse", "Compte sur la cible", "Externe", "Rôle", "Dans les mots de la source", "Droits du dossier supérieur", "Lien", "Lien : précisions", "Expire", "Événements privés", "Sur la cible"],
    kinds: { file: "fichier", folder: "dossier", calendar: "agenda" },
    holders: { user: "personne", group: "groupe", "site-group": "groupe du site", application: "application", device: "appareil", organization: "tout l'organisme", unknown: "inconnu" },
    roles: {
      read: "lecture", write: "écriture", owner: "propriétaire", other: "autre", none: "rien", "free-busy": "voit les heures libres et occupées", titles: "voit heures, titres et lieux", "read-shown": "lit tout sauf les événements privés",
      "write-shown": "modifie tout sauf les événements privés", delegate: "délégué, sans les événements privés", "delegate-private": "délégué, événements privés compris",
    },
    scopes: { everybody: "tout le monde", organisation: "l'organisme", named: "les personnes nommées", unknown: "non indiqué" },
    anyone: { everybody: "quiconque a le lien", organisation: "tout l'organisme", named: "plus personne", unknown: "non indiqué" },
    outside: "oui", alone: "ne valent pas", also: (folder) => `valent aussi : ${folder}`,
    hasPrivate: "oui", kept: (target) => `${target} : gardé à côté, sans effet`, byHand: (target) => `${target} : à régler à la main`,
    noDownload: "sans téléchargement", password: "mot de passe",
    none: "Aucun fichier, dossier ni agenda n'a de droits à lui.",
    count: (rows, outside) => `${rows} droits, dont ${outside} atteignent l'extérieur de l'organisme.`,
    more: (shown, all) => `Les ${shown} premiers sur ${all} ; rights.csv les contient tous.`,
  },
};
