import type { Lang } from "./errors.js";

/** Every reason that a `Loss` may carry; `docs/losses.md` lists the same rows (checked by a test). */
export const LOSSES = {
  "mail.line-endings": { en: "Bare CR or LF became CRLF, as the protocol requires.", fr: "CR ou LF isolés devenus CRLF, comme le protocole l'exige." },
  "calendar.unknown-zone": { en: "The event's time zone is not a known one: its times are exact in UTC, but a series no longer follows summer time.", fr: "Le fuseau horaire de l'événement est inconnu : ses heures sont exactes en UTC, mais une série ne suit plus l'heure d'été." },
  "calendar.all-day-shifted": { en: "An all-day event did not start or end at midnight: its dates were read in its own time zone.", fr: "Un événement sur la journée ne commençait ou ne finissait pas à minuit : ses dates ont été lues dans son fuseau." },
  "calendar.end-before-start": { en: "The event ended before it started: only its start is kept.", fr: "L'événement finissait avant de commencer : seul son début est gardé." },
  "calendar.unknown-recurrence": { en: "The recurrence pattern is not documented: only the first occurrence and the changed ones are kept.", fr: "Le motif de récurrence n'est pas documenté : seules la première occurrence et celles modifiées sont gardées." },
  "calendar.cancelled-unmatched": { en: "A cancelled date meets no occurrence of the series.", fr: "Une date annulée ne correspond à aucune occurrence de la série." },
  "calendar.exception-start": { en: "The source does not tell which occurrence was changed: its present start is taken.", fr: "La source ne dit pas quelle occurrence a été modifiée : son début actuel est pris." },
  "calendar.exceptions-window": { en: "This cloud tells changes of a series only by window: those beyond the window are not known.", fr: "Ce nuage ne donne les modifications d'une série que par fenêtre : celles au-delà ne sont pas connues." },
  "calendar.attachment-too-large": { en: "An attachment is over the limit for one event.", fr: "Une pièce jointe dépasse la limite pour un événement." },
  "calendar.attachment-unreadable": { en: "An attachment could not be read at the source.", fr: "Une pièce jointe n'a pas pu être lue à la source." },
  "calendar.reference-attachment": { en: "An attachment is a link to a cloud file: only its name, and the link where told, are kept.", fr: "Une pièce jointe est un lien vers un fichier en ligne : seuls son nom, et le lien s'il est connu, sont gardés." },
  "calendar.item-attachment": { en: "An Outlook item attached to an event has no place in iCalendar: only its name is kept.", fr: "Un élément Outlook joint à un événement n'a pas de place dans iCalendar : seul son nom est gardé." },
  "calendar.attendee-address": { en: "A participant has no e-mail address: the name or the directory address is kept as a URI.", fr: "Un participant n'a pas d'adresse électronique : son nom ou son adresse d'annuaire est gardé en URI." },
  "contact.birthday-time": { en: "The birthday was told as an instant: the nearest date is kept.", fr: "L'anniversaire était donné comme un instant : la date la plus proche est gardée." },
  "contact.photo-unreadable": { en: "The contact's photo could not be read at the source.", fr: "La photo du contact n'a pas pu être lue à la source." },
  "files.hash-mismatch": { en: "The content differs from the hash that the source tells; it was read twice with the same result.", fr: "Le contenu diffère de l'empreinte annoncée par la source ; deux lectures ont donné le même résultat." },
  "files.versions-limit": { en: "Only the newest older versions are kept, as many as `source.versions` says.", fr: "Seules les versions antérieures les plus récentes sont gardées, autant que le dit `source.versions`." },
  "files.name-shortened": { en: "The name is longer than the target allows: it was cut and marked with a hash.", fr: "Le nom dépasse ce que permet la cible : il a été coupé et marqué d'une empreinte." },
  "files.authors": { en: "Who created and changed the file is kept in the vault only.", fr: "L'auteur et le dernier modificateur du fichier ne sont gardés que dans le coffre." },
} as const satisfies Record<string, Readonly<Record<Lang, string>>>;
export type LossReason = keyof typeof LOSSES;
