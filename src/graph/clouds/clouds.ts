/** Where a cloud is, and what it lacks compared with the global one. */
export interface Cloud {
  /** As its operator calls it. */
  readonly title: string;
  readonly authority: string;
  readonly graphRoot: string;
  /** "type.property" or "type.path" that its metadata does not have, of what this reader asks for: asking for one is a 400. */
  readonly lacks: ReadonlySet<string>;
  /** Metadata that says so, in microsoftgraph/msgraph-metadata (August 2026); empty for the global one. */
  readonly source: string;
}

const EVERYWHERE_ELSE = ["event.cancelledOccurrences", "event.exceptionOccurrences", "user.onenote", "group.onenote", "site.onenote"];
const US = [...EVERYWHERE_ELSE, "mailFolder.isHidden"];
/** Its metadata has no deltas of mail and contacts either; no page says so of the functions, so they are asked for, and where they are refused, folders are listed (docs/decisions/0010-listing-where-delta-fails.md). */
const CHINA = [
  ...EVERYWHERE_ELSE, "user.todo", "user.planner", "group.planner", "message.flag", "message.internetMessageHeaders", "mailFolder.messageRules", "outlookUser.masterCategories",
];
const BLEU = [...EVERYWHERE_ELSE, "user.todo", "mailFolder.isHidden", "mailboxSettings.userPurpose"];
const DELOS = [...BLEU, "user.chats", "group.team", "group.isArchived", "list.permissions", "listItem.permissions"];
const GOVSG = [
  "user.onenote", "group.onenote", "user.todo", "user.planner", "group.planner", "user.chats", "group.team", "user.mailFolders", "user.mailboxSettings", "user.outlook", "user.inferenceClassification", "user.calendars", "user.contactFolders",
  "user.drives", "group.drives", "group.sites", "group.threads", "group.calendar", "user.photo", "group.photo", "group.isArchived", "site.drives", "site.lists", "site.pages", "site.onenote", "mailFolder.messageRules",
  "outlookUser.masterCategories",
];

const made = (title: string, authority: string, graphRoot: string, lacks: readonly string[] = [], schema = ""): Cloud =>
  ({ title, authority, graphRoot, lacks: new Set(lacks), source: schema === "" ? "" : `microsoftgraph/msgraph-metadata, schemas/v1.0-${schema}.csdl` });

/**
 * Addresses of the national clouds: "Microsoft Graph national cloud deployments" (concepts/deployments); of the sovereign ones: the environments that
 * `Get-MgEnvironment` of Microsoft's PowerShell SDK lists (BleuCloud, DelosCloud, GovSGCloud).
 */
export const CLOUDS = {
  global: made("global", "https://login.microsoftonline.com", "https://graph.microsoft.com"),
  "gcc-high": made("GCC High", "https://login.microsoftonline.us", "https://graph.microsoft.us", US, "Fairfax"),
  dod: made("DoD", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us", US, "Fairfax"),
  china: made("21Vianet", "https://login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn", CHINA, "Mooncake"),
  bleu: made("Bleu", "https://login.sovcloud-identity.fr", "https://graph.svc.sovcloud.fr", BLEU, "Bleu"),
  delos: made("Delos", "https://login.sovcloud-identity.de", "https://graph.svc.sovcloud.de", DELOS, "Delos"),
  govsg: made("GovSG", "https://login.sovcloud-identity.sg", "https://graph.svc.sovcloud.sg", GOVSG, "GovSG"),
} as const satisfies Record<string, Cloud>;

export type CloudName = keyof typeof CLOUDS;
