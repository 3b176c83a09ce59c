import type { Lang } from "./errors.js";

/** The closed list of rules by which an item is left out on purpose; `docs/skips.md` lists the same rows (checked by a test). */
export const SKIPS = {
  FOLDER_PERMISSIONS: { en: "Access rights of a folder, which the target does not take: they are in the vault.", fr: "Droits d'accès d'un dossier, que la cible ne prend pas : ils sont dans le coffre." },
  CALENDAR_PERMISSIONS: { en: "Who may see or change a calendar, which the target does not take: it is in the vault, and in the table of `report --rights`.", fr: "Qui peut voir ou modifier un agenda, que la cible ne prend pas : c'est dans le coffre, et dans le tableau de `report --rights`." },
  CALENDAR_PERMISSIONS_UNTOLD: { en: "The source does not tell who may see or change the calendar: it refuses the question.", fr: "La source ne dit pas qui peut voir ou modifier l'agenda : elle refuse la question." },
  FILE_KIND_REFUSED: { en: "A kind of file that is not in the target's list, and that it would refuse: it is in the vault. In a zip file, at the source or by hand, it is taken.", fr: "Un type de fichier qui n'est pas dans la liste de la cible, et qu'elle refuserait : il est dans le coffre. Dans un fichier zip, à la source ou à la main, il est pris." },
  FILE_KIND_CHANGED: { en: "A picture, a sound or a film, of which the target would keep a smaller one or another form: it is in the vault. In a zip file, at the source or by hand, it is kept as it is.", fr: "Une image, un son ou un film, dont la cible garderait une forme réduite ou convertie : il est dans le coffre. Dans un fichier zip, à la source ou à la main, il est gardé tel quel." },
  MALWARE: { en: "The source marks the file as infected.", fr: "La source signale le fichier comme infecté." },
  ONENOTE_PACKAGE: { en: "A OneNote notebook has no file content in the drive: its pages belong to the workload `notes`.", fr: "Un bloc-notes OneNote n'a pas de contenu de fichier dans le lecteur : ses pages relèvent de la catégorie `notes`." },
  SHORTCUT: { en: "A shortcut to another drive: its content belongs to that drive.", fr: "Un raccourci vers un autre lecteur : son contenu appartient à celui-ci." },
  SETTING_UNPLACED: { en: "A setting that the target has no place for (time zone, working hours, categories, focused inbox; rules too, where it takes the absence message alone or its filters cannot say them): it is in the vault.", fr: "Un réglage qui n'a pas de place sur la cible (fuseau horaire, heures de travail, catégories, boîte prioritaire ; les règles aussi, là où elle ne prend que le message d'absence ou que ses filtres ne peuvent les dire) : il est dans le coffre." },
  CONVERSATION_CARD: { en: "What tells about a conversation itself (members, description, tabs), where the target has no place for it: it is in the vault.", fr: "Ce qui décrit une conversation elle-même (membres, description, onglets), là où la cible n'a pas de place pour cela : c'est dans le coffre." },
  FOREIGN_CHANNEL: { en: "A channel that another organisation shares with the team: it is read in that organisation's tenant only.", fr: "Un canal qu'un autre organisme partage avec l'équipe : il ne se lit que dans le locataire de celui-ci." },
  POSTS_BEYOND: { en: "Graph lists a hundred posts of a group's thread and gives no link to others: whether there are more is not known.", fr: "Graph donne cent messages d'un fil de groupe et pas de lien vers d'autres : s'il y en a davantage n'est pas connu." },
} as const satisfies Record<string, Readonly<Record<Lang, string>>>;
export type SkipCode = keyof typeof SKIPS;
