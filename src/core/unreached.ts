import type { Lang } from "./errors.js";
import type { WorkloadName } from "./item.js";

/** Something of the source that the reader does not reach; `audit` names those of the workloads that are routed, docs/coverage.md lists all (checked by a test). */
export interface Unreached {
  readonly workload: WorkloadName;
  readonly code: string;
  readonly message: Readonly<Record<Lang, string>>;
  /** Document and section that say so. */
  readonly source: string;
}

/** The whole of Graph v1.0, where it has no type or property for it (August 2026). */
const METADATA = "msgraph-metadata, schemas/v1.0-Prod.csdl";

const unreached = (workload: WorkloadName, code: string, en: string, fr: string, source: string): Unreached => ({ workload, code, message: { en, fr }, source });

export const UNREACHED: readonly Unreached[] = [
  // Graph's `archive` folder is not Exchange's archive mailbox (mailfolder, "Well-known folder names").
  unreached("mail", "mail.archive-mailbox", "In-Place Archive mailboxes: Graph v1.0 gives no access to them. A preview (beta) does, which Microsoft does not support in production and this program does not use.", "Les boîtes d'archive (« In-Place Archive ») : Graph v1.0 n'y donne pas accès. Une préversion (bêta) le fait, que Microsoft ne prend pas en charge en production et que ce programme n'utilise pas.", "api-reference/v1.0/resources/mail-api-overview; concepts/archive-mailbox-mail-api (beta)"),
  // `recoverableitemsdeletions` stands outside the folder tree (the same table).
  unreached("mail", "mail.recoverable-items", "Items deleted for good that Exchange still keeps (Recoverable Items).", "Les éléments supprimés définitivement qu'Exchange garde encore (éléments récupérables).", "api-reference/v1.0/resources/mailfolder, \"Well-known folder names\""),
  unreached("settings", "settings.signatures", "Outlook signatures: Graph does not tell them.", "Les signatures d'Outlook : Graph ne les donne pas.", `${METADATA}, mailboxSettings; msgraph-sample-spfx issue 36`),
  unreached("contacts", "contacts.distribution-lists", "Distribution lists of a contact folder: Graph does not tell them.", "Les listes de distribution d'un dossier de contacts : Graph ne les donne pas.", "microsoft-graph-docs issue 11201"),
  unreached("files", "files.forms", "Forms (questionnaires and answers) and Sway: Graph has nothing of them.", "Forms (questionnaires et réponses) et Sway : Graph n'en a rien.", METADATA),
  unreached("files", "files.whiteboards", "Whiteboards kept outside of OneDrive: Graph has no type for them. Those in OneDrive are files, and read as such.", "Les tableaux blancs gardés hors de OneDrive : Graph n'a pas de type pour eux. Ceux de OneDrive sont des fichiers, lus comme tels.", `${METADATA}; WhiteboardAdmin module, Get-OriginalFluidWhiteboards`),
  unreached("files", "files.loop", "Loop: Graph has no type for what a component or page says. What lies in a library is read as a file.", "Loop : Graph n'a pas de type pour ce que dit un composant ou une page. Ce qui est dans une bibliothèque est lu comme fichier.", METADATA),
  unreached("pages", "pages.news-links", "News that are links or videos, and templates of pages: Graph v1.0 tells regular pages and news posts only.", "Les actualités qui sont des liens ou des vidéos, et les modèles de page : Graph v1.0 ne donne que les pages et les actualités ordinaires.", "api-reference/v1.0/api/basesitepage-list, \"available subtypes\""),
  unreached("pages", "pages.versions", "Earlier versions of a page, and what its comments say: Graph tells the present page and the number of comments.", "Les versions antérieures d'une page, et ce que disent ses commentaires : Graph donne la page actuelle et le nombre de commentaires.", `${METADATA}, sitePage`),
  unreached("directory", "directory.dynamic-distribution-groups", "Dynamic distribution groups: Graph does not list them.", "Les groupes de distribution dynamiques : Graph ne les liste pas.", "api-reference/v1.0/api/group-list"),
  unreached("directory", "directory.application-members", "Applications (service principals) among the members of a group: Graph v1.0 leaves them out.", "Les applications (principaux de service) parmi les membres d'un groupe : Graph v1.0 les omet.", "api-reference/v1.0/api/group-list-members, \"Important\""),
  unreached("directory", "directory.org-contacts", "Organisational contacts have no entry of their own here: they need one more permission (OrgContact.Read.All). As members of groups they are kept.", "Les contacts de l'organisation n'ont pas de fiche ici : il y faut une autorisation de plus (OrgContact.Read.All). Comme membres de groupes, ils sont gardés.", "api-reference/v1.0/api/orgcontact-list"),
  unreached("channels", "channels.engage", "Conversations of Viva Engage communities: Graph tells the communities and their groups only.", "Les conversations des communautés Viva Engage : Graph ne donne que les communautés et leurs groupes.", `${METADATA}, community`),
  unreached("chats", "chats.recordings", "Recordings and transcripts are not asked of the meeting; those saved in OneDrive or SharePoint are read as files, unless a policy blocks their download. Of a call that was not recorded nothing is left.", "Enregistrements et transcriptions ne sont pas demandés à la réunion ; ceux enregistrés dans OneDrive ou SharePoint sont lus comme fichiers, sauf si une règle en bloque le téléchargement. D'un appel non enregistré il ne reste rien.", "OfficeDocs-SkypeForBusiness, Teams/block-download-meeting-recording"),
];
