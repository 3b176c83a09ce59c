import type { Lang } from "../../../src/core/errors.js";

const en = {
  title: "Archive", intro: "Every item is an ordinary file: .eml, .ics, .vcf, or the file itself. These pages need no network and no program but a browser.",
  owners: "Mailboxes, calendars, contacts and files by owner", owner: "Owner", folders: "Folders", folder: "Folder", items: "Items", size: "Size", name: "Name", date: "Date",
  start: "Start", place: "Place", from: "From", to: "To", cc: "Cc", attachments: "Attachments", categories: "Categories", file: "File", modified: "Modified", versions: "Older versions",
  organization: "Organisation", mailAddress: "E-mail", phone: "Telephone", photo: "Photo", note: "Note", attendees: "Participants", repeats: "repeats", subject: "Subject", noSubject: "(no subject)",
  unread: "unread", draft: "draft", flagged: "flagged", cut: "The text goes on in the file.", unreadable: "This item cannot be shown here; open the file.",
  back: "Overview", next: "Next", previous: "Previous", page: "page", mail: "Mail", calendars: "Calendars", contacts: "Contacts", drive: "Files", tasks: "Tasks", notes: "Notes", lists: "Lists", pages: "Site pages", settings: "Settings", directory: "Directory", teams: "Teams", chats: "Chats", conversation: "Conversation", messages: "Messages", reactions: "Reactions", pictures: "Pictures", unknown: "(unknown)", units: ["B", "KB", "MB", "GB", "TB"],
} as const;

export type Words = { readonly [K in keyof typeof en]: (typeof en)[K] extends string ? string : readonly string[] };

export const WORDS: Readonly<Record<Lang, Words>> = {
  en,
  fr: {
    title: "Archive", intro: "Chaque élément est un fichier ordinaire : .eml, .ics, .vcf, ou le fichier lui-même. Ces pages ne demandent ni réseau ni autre programme qu'un navigateur.",
    owners: "Courrier, agendas, contacts et fichiers par propriétaire", owner: "Propriétaire", folders: "Dossiers", folder: "Dossier", items: "Éléments", size: "Taille", name: "Nom", date: "Date",
    start: "Début", place: "Lieu", from: "De", to: "À", cc: "Copie", attachments: "Pièces jointes", categories: "Catégories", file: "Fichier", modified: "Modifié", versions: "Versions antérieures",
    organization: "Organisme", mailAddress: "Courriel", phone: "Téléphone", photo: "Photo", note: "Note", attendees: "Participants", repeats: "périodique", subject: "Objet", noSubject: "(sans objet)",
    unread: "non lu", draft: "brouillon", flagged: "suivi", cut: "La suite du texte est dans le fichier.", unreadable: "Cet élément ne peut pas être montré ici ; ouvrez le fichier.",
    back: "Vue d'ensemble", next: "Suite", previous: "Précédent", page: "page", mail: "Courrier", calendars: "Agendas", contacts: "Contacts", drive: "Fichiers", tasks: "Tâches", notes: "Notes", lists: "Listes", pages: "Pages de site", settings: "Réglages", directory: "Annuaire", teams: "Équipes", chats: "Discussions", conversation: "Conversation", messages: "Messages", reactions: "Réactions", pictures: "Images", unknown: "(inconnu)", units: ["o", "Ko", "Mo", "Go", "To"],
  },
};

/** "1.4 MB"; in French "1,4 Mo". */
export function sizeText(bytes: number, lang: Lang): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < 4; unit += 1) value /= 1024;
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toLocaleString(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${WORDS[lang].units[unit] ?? ""}`;
}

/** "2026-11-24 09:12", UTC; empty for no date. */
export function dateText(date: Date | undefined): string {
  return date === undefined || Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 16).replace("T", " ");
}
