import type { Lang } from "../../core/errors.js";
import type { Standing } from "../../core/state.js";

type Items = Readonly<Record<Standing, number>>;

/** Sentences of the cover letter. */
export interface LetterWords {
  readonly title: (receiver: string, number: string) => string;
  readonly opening: (receiver: string) => string;
  readonly asOf: (instant: string | undefined) => string;
  readonly care: string;
  readonly deltaHead: string;
  readonly delta: (before: string, added: number, changed: number, gone: number) => string;
  readonly contentHead: string;
  readonly standNow: (files: number) => string;
  readonly content: (files: number, size: string, parts: number) => string;
  readonly standing: (items: Items) => string;
  readonly tooLarge: (files: number, size: string) => string;
  readonly longPaths: (files: number) => string;
  readonly more: (shown: number, all: number) => string;
  readonly layoutHead: string;
  readonly layout: readonly (readonly [where: string, what: string])[];
  readonly checkHead: string;
  readonly check: string;
  readonly lossHead: string;
  readonly losses: string;
  readonly none: string;
  readonly notRead: (rows: number) => string;
  readonly knownHead: (receiver: string) => string;
  readonly known: (page: string) => string;
  readonly asksHead: string;
  readonly owner: string;
  readonly workload: string;
  readonly delivered: string;
  readonly kept: string;
  readonly skipped: string;
  readonly failed: string;
  readonly pending: string;
  readonly bytes: string;
  readonly where: string;
  readonly what: string;
  readonly loss: string;
  readonly items: string;
  readonly source: string;
}

export const LETTER_WORDS: Readonly<Record<Lang, LetterWords>> = {
  en: {
    title: (receiver, number) => `Content of Microsoft 365 for ${receiver}, package ${number}`,
    opening: (receiver) => `To the import team of ${receiver}: this package holds what our organisation takes along from Microsoft 365, as ordinary files in open formats. Nothing in it needs Microsoft's programs or ours to be read.`,
    asOf: (instant) => (instant === undefined ? "The last reading of the source was cut off before its end." : `State of the source: ${instant}.`),
    care: "It holds people's mail and documents in clear. Keep it where nobody else can read it, use it for the import alone, and delete it when the import has been accepted. What others sent us is kept as it came, malware too: open files with care.",
    deltaHead: "What has changed", delta: (before, added, changed, gone) => `Since package ${before}: ${added} files are new, ${changed} have changed, ${gone} are gone. delta.csv names each. This package holds only those that are new or changed; tables and state.jsonl tell of everything that stands now, and which package holds it. Take the packages in the order of their numbers.`,
    contentHead: "What is in it", standNow: (files) => `With the packages before, ${files} files stand now.`,
    content: (files, size, parts) => `${files} files (${size}) in ${parts} parts.`,
    standing: ({ delivered, kept, skipped, failed, pending }) => `Items: ${delivered} delivered, ${kept} deleted at the source and kept here, ${skipped} left out by rule, ${failed} failed, ${pending} not there yet. tables/items.csv names each with its place and the reason.`,
    tooLarge: (files, size) => `${files} files are larger than a part (${size}): each has a part of its own.`,
    longPaths: (files) => `${files} paths have more than 200 characters: on Windows, unpack near the top of a drive, with long paths switched on.`,
    more: (shown, all) => `The first ${shown} of ${all} rows; tables/counts.csv holds them all.`,
    layoutHead: "How it is laid out",
    layout: [
      ["users/<account>/part-001/…", "One person. Put the parts of one person or space together into one tree."],
      ["groups/<name>/part-001/…", "A group or team; its channels in channels/."], ["sites/<address>/part-001/…", "A SharePoint site."], ["chats/<topic>/part-001/…", "A chat of several people."],
      ["…/drive/", "Files in their folders. <file>.versions/1, 2 … are older versions, oldest first; <file>.permissions.json are rights of its own; drive.json has dates and people."],
      ["…/mail/<Folder>/*.eml", "Messages byte for byte (RFC 5322); the .json beside tells read, flag, categories, date of receipt."],
      ["…/calendars/<Calendar>/*.ics", "One event or series each (RFC 5545)."], ["…/contacts/<Folder>/*.vcf", "One card each (vCard 4.0, RFC 6350)."],
      ["…/threads/*.html", "Of a channel or chat: a readable page a thread. messages.jsonl has one thread a line, with authors, dates, replies and sanitised HTML; messages/ one message a file; hosted/ their pictures."],
      ["…/lists, pages, tasks, notes, settings, directory/", "One JSON record each, with a readable page and files beside it."],
      ["…/_about/", "What no file system holds of a file or folder (JSON): full name, dates, authors, columns."],
      ["tables/identities.csv", "Which account of Microsoft 365 is which account of yours."], ["tables/users.csv, groups.csv, memberships.csv", "People, groups, spaces, and who belongs to them."],
      ["tables/rights.csv", "Who may see which files, folders and calendars, sharing links included. What is not named has the rights of the folder above."],
      ["tables/links.csv", "Old addresses of Microsoft 365, and the file here that they led to."], ["tables/items.csv, losses.csv, not-read.csv, counts.csv", "Every item with its state; what was altered or lost, and why; what could not be read; sums."],
      ["manifest.csv, SHA256SUMS", "Every file with size and SHA-256."], ["state.jsonl, handover.json", "For programs: all that stands now, and what this package is."],
      ["%XX", "In names: a character that some file system refuses, as the hexadecimal of its UTF-8 bytes. It can be undone exactly."],
    ],
    checkHead: "How to check it", check: "Prints nothing when every file is as it left us. A package in which INCOMPLETE.txt stands was cut off: do not import it.",
    lossHead: "What was altered or left out", losses: "Items by reason; tables/losses.csv names each.", none: "Nothing.",
    notRead: (rows) => `${rows} things could not be read at the source: tables/not-read.csv.`,
    knownHead: (receiver) => `What is publicly written about importing into ${receiver}`, known: (page) => `From ${page} of o365-exodus, whose sources are named. Please correct what is wrong.`,
    asksHead: "What we ask of you",
    owner: "Person or space", workload: "Content", delivered: "Delivered", kept: "Kept", skipped: "Left out", failed: "Failed", pending: "To come", bytes: "Size", where: "Where", what: "What", loss: "Loss", items: "Items", source: "Source",
  },
  fr: {
    title: (receiver, number) => `Contenu de Microsoft 365 pour ${receiver}, paquet ${number}`,
    opening: (receiver) => `À l'équipe d'import de ${receiver} : ce paquet contient ce que notre organisme emporte de Microsoft 365, en fichiers ordinaires aux formats ouverts. Rien n'y demande les logiciels de Microsoft, ni les nôtres, pour être lu.`,
    asOf: (instant) => (instant === undefined ? "La dernière lecture de la source a été interrompue avant sa fin." : `État de la source : ${instant}.`),
    care: "Il contient en clair le courrier et les documents de personnes. Gardez-le là où nul autre ne peut le lire, ne l'utilisez que pour l'import, et supprimez-le quand l'import a été accepté. Ce que d'autres nous ont envoyé est gardé tel quel, logiciels malveillants compris : ouvrez les fichiers avec prudence.",
    deltaHead: "Ce qui a changé", delta: (before, added, changed, gone) => `Depuis le paquet ${before} : ${added} fichiers nouveaux, ${changed} modifiés, ${gone} disparus. delta.csv les nomme. Ce paquet ne contient que les nouveaux et les modifiés ; les tables et state.jsonl disent tout ce qui vaut à présent, et dans quel paquet. Prenez les paquets dans l'ordre de leurs numéros.`,
    contentHead: "Ce qu'il contient", standNow: (files) => `Avec les paquets précédents, ${files} fichiers valent à présent.`,
    content: (files, size, parts) => `${files} fichiers (${size}) en ${parts} parts.`,
    standing: ({ delivered, kept, skipped, failed, pending }) => `Éléments : ${delivered} remis, ${kept} supprimés à la source et gardés ici, ${skipped} écartés par règle, ${failed} en échec, ${pending} pas encore là. tables/items.csv les nomme tous, avec leur place et la raison.`,
    tooLarge: (files, size) => `${files} fichiers dépassent la taille d'une part (${size}) : chacun a la sienne.`,
    longPaths: (files) => `${files} chemins ont plus de 200 caractères : sous Windows, déballez près de la racine d'un disque, chemins longs activés.`,
    more: (shown, all) => `Les ${shown} premières lignes sur ${all} ; tables/counts.csv les contient toutes.`,
    layoutHead: "Comment il est rangé",
    layout: [
      ["users/<compte>/part-001/…", "Une personne. Réunissez les parts d'une personne ou d'un espace en une arborescence."],
      ["groups/<nom>/part-001/…", "Un groupe ou une équipe ; ses canaux dans channels/."], ["sites/<adresse>/part-001/…", "Un site SharePoint."], ["chats/<sujet>/part-001/…", "Une conversation de plusieurs personnes."],
      ["…/drive/", "Les fichiers dans leurs dossiers. <fichier>.versions/1, 2 … : versions antérieures, de la plus ancienne à la plus récente ; <fichier>.permissions.json : droits propres ; drive.json : dates et personnes."],
      ["…/mail/<Dossier>/*.eml", "Les messages, octet pour octet (RFC 5322) ; le .json à côté dit lu, marqué, catégories, date de réception."],
      ["…/calendars/<Agenda>/*.ics", "Un événement ou une série par fichier (RFC 5545)."], ["…/contacts/<Dossier>/*.vcf", "Une fiche par fichier (vCard 4.0, RFC 6350)."],
      ["…/threads/*.html", "D'un canal ou d'une conversation : une page lisible par fil. messages.jsonl a un fil par ligne, avec auteurs, dates, réponses et HTML assaini ; messages/ un message par fichier ; hosted/ leurs images."],
      ["…/lists, pages, tasks, notes, settings, directory/", "Une fiche JSON chacun, avec une page lisible et ses fichiers à côté."],
      ["…/_about/", "Ce qu'aucun système de fichiers ne garde d'un fichier ou dossier (JSON) : nom entier, dates, auteurs, colonnes."],
      ["tables/identities.csv", "Quel compte de Microsoft 365 est quel compte chez vous."], ["tables/users.csv, groups.csv, memberships.csv", "Personnes, groupes, espaces, et qui en fait partie."],
      ["tables/rights.csv", "Qui peut voir quels fichiers, dossiers et agendas, liens de partage compris. Ce qui n'est pas nommé a les droits du dossier supérieur."],
      ["tables/links.csv", "Anciennes adresses de Microsoft 365, et le fichier d'ici où elles menaient."], ["tables/items.csv, losses.csv, not-read.csv, counts.csv", "Chaque élément avec son état ; ce qui a été altéré ou perdu, et pourquoi ; ce qui n'a pu être lu ; les sommes."],
      ["manifest.csv, SHA256SUMS", "Chaque fichier avec taille et SHA-256."], ["state.jsonl, handover.json", "Pour les programmes : tout ce qui vaut à présent, et ce qu'est ce paquet."],
      ["%XX", "Dans les noms : un caractère que refuse un système de fichiers, par l'hexadécimal de ses octets UTF-8. Cela se défait exactement."],
    ],
    checkHead: "Comment le vérifier", check: "N'affiche rien quand chaque fichier est tel qu'il est parti. Un paquet où se trouve INCOMPLETE.txt a été interrompu : ne l'importez pas.",
    lossHead: "Ce qui a été altéré ou laissé", losses: "Éléments par raison ; tables/losses.csv les nomme.", none: "Rien.",
    notRead: (rows) => `${rows} choses n'ont pu être lues à la source : tables/not-read.csv.`,
    knownHead: (receiver) => `Ce qui est écrit publiquement de l'import dans ${receiver}`, known: (page) => `D'après ${page} d'o365-exodus, où les sources sont nommées. Merci de corriger ce qui est inexact.`,
    asksHead: "Ce que nous vous demandons",
    owner: "Personne ou espace", workload: "Contenu", delivered: "Remis", kept: "Gardés", skipped: "Écartés", failed: "En échec", pending: "À venir", bytes: "Taille", where: "Où", what: "Quoi", loss: "Perte", items: "Éléments", source: "Source",
  },
};
