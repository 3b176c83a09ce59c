import type { Said } from "./platform.js";

/** What is written about how a platform takes files, people or messages in, and `Platform.workloads` does not say of a kind of content: the letter has both. */
export interface ImportFact {
  readonly text: Said;
  readonly cite: string;
}

export interface ImportFacts {
  readonly known: readonly ImportFact[];
  /** What only the vendor, or whoever hosts the platform, can tell: "To ask" of its page, but for what `ASKS` asks of everybody. */
  readonly asks: readonly Said[];
}

const fact = (cite: string, en: string, fr: string): ImportFact => ({ cite, text: { en, fr } });
const ask = (en: string, fr: string): Said => ({ en, fr });

/** Asked of every vendor. */
export const ASKS: readonly Said[] = [
  ask("Do you take this package as it is; else in which form, and at what price?", "Prenez-vous ce paquet tel quel ; sinon, sous quelle forme et à quel prix ?"),
  ask("What are the limits: size of a file, length of a name and of a path, files in a folder and in a space, kinds of files that are refused?", "Quelles sont les limites : taille d'un fichier, longueur d'un nom et d'un chemin, nombre de fichiers par dossier et par espace, types de fichiers refusés ?"),
  ask("Which dates and authors are kept of files, and of messages?", "Quelles dates et quels auteurs sont gardés, pour les fichiers et pour les messages ?"),
  ask("In which form are people, groups and memberships imported?", "Sous quelle forme les personnes, groupes et appartenances s'importent-ils ?"),
  ask("Can notifications be silenced during the import?", "Les notifications peuvent-elles être coupées pendant l'import ?"),
  ask("How do you take a second package, which holds only what has changed?", "Comment prenez-vous un second paquet, qui ne contient que ce qui a changé ?"),
  ask("How will you show that everything was imported, and when do you delete the package?", "Comment montrerez-vous que tout a été importé, et quand supprimez-vous le paquet ?"),
];

const WIMI_LIMITS = "https://support.wimi-teamwork.com/t/what-are-the-restrictions-of-wimi-drive/84 (docs/targets/wimi.md, V2)";
const NETFRAME = "NetframeHQ/netframe-core@33e11bf, app/Http/Controllers/Instance/InstanceController.php (create) and lang/fr/instances.php (create.cols)";

/** By platform. A platform without an entry has the questions for all. */
export const IMPORTS: Readonly<Record<string, ImportFacts>> = {
  wimi: {
    known: [
      fact(WIMI_LIMITS, "The synchronising client takes 2 GB a file, 50,000 files and folders a workspace, 9 levels of folders, names without / \\ : * ? < > | and without a dot at either end.", "Le client de synchronisation prend 2 Go par fichier, 50 000 fichiers et dossiers par espace, 9 niveaux de dossiers, des noms sans / \\ : * ? < > | et sans point au début ni à la fin."),
      fact("praftr/wimi-api-client@c6e4535, src/Request/Main/Account/ImportUsersFromCSV*", "People can be imported from a CSV; its columns are told nowhere in public: tables/users.csv is neutral.", "Les personnes s'importent d'un CSV ; ses colonnes ne sont dites nulle part en public : tables/users.csv est neutre."),
    ],
    asks: [
      ask("The host and form of uploads, and the form of `timestamp`.", "L'hôte et la forme des dépôts, et la forme de `timestamp`."),
      ask("The fields of `event`.", "Les champs de `event`."),
      ask("Whether `creation_user` and `creation_date` of tasks hold for another person.", "Si `creation_user` et `creation_date` des tâches valent pour une autre personne."),
      ask("HTML or text in posts; armoured accounts.", "HTML ou texte dans les publications ; comptes Armoured."),
    ],
  },
  jalios: {
    known: [
      fact("administration screens of an installed JPlatform, version 10.0.7 (docs/targets/jalios.md, O)", "Members are imported from CSV with a header line, by e-mail, a thousand lines a file: provisioning/jalios-members-1.csv and those that follow have its columns.", "Les membres s'importent d'un CSV avec ligne d'en-tête, par adresse, mille lignes par fichier : provisioning/jalios-members-1.csv et les suivants en ont les colonnes."),
      fact("https://community.jalios.com/jcms/jc2_360123/fr/module-jdrive-4-1 (docs/targets/jalios.md, C2)", "The JDrive module keeps a folder of a person's machine and documents of the platform the same.", "Le module JDrive synchronise un dossier d'un poste avec des documents de la plateforme."),
      fact("https://community.jalios.com/jcms/jc1_309800/en/module-d-import-csv (docs/targets/jalios.md, C3)", "A partner's module imports contents of any type from CSV in UTF-8 without byte order mark, columns being mapped by an administrator.", "Un module d'un partenaire importe des contenus de tout type depuis un CSV en UTF-8 sans marque d'ordre, les colonnes étant associées par un administrateur."),
    ],
    asks: [
      ask("Upload of a document by the Open API; author and dates of a content; a key of the sender's own.", "Dépôt d'un document par l'Open API ; auteur et dates d'un contenu ; clé propre à l'expéditeur."),
      ask("Which type holds a discussion, an event, a task on this platform.", "Quel type porte une discussion, un événement, une tâche sur cette plateforme."),
      ask("Whether WebDAV is there and what it keeps; which extensions are renamed or refused.", "S'il y a WebDAV et ce qu'il garde ; quelles extensions sont renommées ou refusées."),
    ],
  },
  jamespot: {
    known: [
      fact("npm jamespot-user-api 1.3.135, dist/src/apis/office/office.d.ts (docs/targets/jamespot.md, C1)", "Mail, calendars and contacts are those of an outside IMAP, CalDAV and CardDAV server.", "Courrier, agendas et contacts sont ceux d'un serveur IMAP, CalDAV et CardDAV extérieur."),
    ],
    asks: [
      ask("Whether a program on a server may use an interface, and which; acting for the author, and a date, by the module interface.", "Si un programme sur un serveur peut utiliser une interface, et laquelle ; agir pour l'auteur, et une date, par l'interface de module."),
      ask("What HTML is kept; limits of rate.", "Quel HTML est gardé ; limites de débit."),
      ask("A key by which a repeated call changes nothing.", "Une clé par laquelle un appel répété ne change rien."),
    ],
  },
  talkspirit: {
    known: [
      fact("https://help.talkspirit.com/en/articles/6324867-scim-user-provisioning (docs/targets/talkspirit.md, H2)", "Of a person, SCIM 2.0 requires `emails`.", "D'une personne, SCIM 2.0 exige `emails`."),
    ],
    asks: [
      ask("Form of `content` in webhooks (text, HTML, Markdown); a date; whether each call rings; files.", "Forme de `content` dans les webhooks (texte, HTML, Markdown) ; une date ; si chaque appel notifie ; les fichiers."),
      ask("An interface for groups; your import service.", "Une interface pour les groupes ; votre service d'import."),
    ],
  },
  whaller: {
    known: [
      fact("https://help.whaller.com/en/article/file-box-11lgzqe/ (docs/targets/whaller.md, H1)", "The box of a sphere comes with the Pro offer, versions with a higher one.", "La box d'une sphère vient avec l'offre Pro, les versions avec une offre supérieure."),
    ],
    asks: [
      ask("Credentials and reference of the interface for a trial; whether the upload carries the bearer; listing of a box.", "Identifiants et référence de l'interface pour un essai ; si le dépôt porte le jeton ; liste d'une box."),
      ask("What a second file of one name becomes.", "Ce que devient un second fichier de même nom."),
      ask("Writing messages with author and date; DONJON's own rules.", "Écriture de messages avec auteur et date ; règles propres à DONJON."),
    ],
  },
  netframe: {
    known: [
      fact(NETFRAME, "The CSV of people has `;` and a header that names e-mail, name and first name: provisioning/netframe-users.csv has it in French. The e-mail that each gets holds a password.", "Le CSV des personnes a des `;` et un en-tête qui nomme courriel, nom et prénom : provisioning/netframe-users.csv l'a en français. Le courriel que chacune reçoit contient un mot de passe."),
      fact("NetframeHQ/netframe-core@33e11bf, config/media.php (docs/targets/netframe.md, N8)", "A kind of file that is not in the list is refused: put it into a zip file.", "Un type de fichier hors de la liste est refusé : mettez-le dans un fichier zip."),
    ],
    asks: [
      ask("Whether the product lives on, and who hosts it; whether the host runs a command beside the database that reads messages.jsonl.", "Si le produit vit encore, et qui l'héberge ; si l'hébergeur lance, à côté de la base, une commande qui lit messages.jsonl."),
    ],
  },
  atolia: {
    known: [],
    asks: [ask("Is the product still sold? Is there an interface for programs, and how does one get access to it?", "Le produit est-il encore vendu ? Y a-t-il une interface pour programmes, et comment y accède-t-on ?")],
  },
};
