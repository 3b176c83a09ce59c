/** What a cloud lacks compared with the global one, and where it is. */
export interface Cloud {
  readonly authority: string;
  readonly graphRoot: string;
  /** Properties, as "type.property", that the cloud's metadata does not have: asking for one is a 400. */
  readonly lacks: ReadonlySet<string>;
}

const COMPLETE: ReadonlySet<string> = new Set();
/** microsoftgraph/msgraph-metadata, schemas/v1.0-Bleu.csdl (August 2026). */
const BLEU: ReadonlySet<string> = new Set(["event.cancelledOccurrences", "event.exceptionOccurrences", "mailFolder.isHidden", "mailboxSettings.userPurpose"]);

/** National clouds: "National cloud deployments" in the Graph documentation; sovereign ones: the cloud tables of Microsoft's SDKs. */
export const CLOUDS = {
  global: { authority: "https://login.microsoftonline.com", graphRoot: "https://graph.microsoft.com", lacks: COMPLETE },
  "gcc-high": { authority: "https://login.microsoftonline.us", graphRoot: "https://graph.microsoft.us", lacks: COMPLETE },
  dod: { authority: "https://login.microsoftonline.us", graphRoot: "https://dod-graph.microsoft.us", lacks: COMPLETE },
  china: { authority: "https://login.chinacloudapi.cn", graphRoot: "https://microsoftgraph.chinacloudapi.cn", lacks: COMPLETE },
  bleu: { authority: "https://login.sovcloud-identity.fr", graphRoot: "https://graph.svc.sovcloud.fr", lacks: BLEU },
  delos: { authority: "https://login.sovcloud-identity.de", graphRoot: "https://graph.svc.sovcloud.de", lacks: BLEU },
  govsg: { authority: "https://login.sovcloud-identity.sg", graphRoot: "https://graph.svc.sovcloud.sg", lacks: BLEU },
} as const satisfies Record<string, Cloud>;

export type CloudName = keyof typeof CLOUDS;
