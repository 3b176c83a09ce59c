/** Graph `drive` (api-reference/v1.0/resources/drive), the properties that are read. */
export interface Drive {
  readonly id: string;
  readonly name?: string | null;
  readonly driveType?: string | null;
}

/** Graph `identitySet` (api-reference/v1.0/resources/identityset), the person of it. */
export interface Identities {
  readonly user?: { readonly displayName?: string | null; readonly email?: string | null } | null;
}

/** Graph `driveItem` (api-reference/v1.0/resources/driveitem), the properties that are read. */
export interface DriveItem {
  readonly id: string;
  readonly name?: string | null;
  readonly size?: number | null;
  readonly eTag?: string | null;
  readonly cTag?: string | null;
  /** Where people see it in a browser. */
  readonly webUrl?: string | null;
  readonly createdBy?: Identities | null;
  readonly lastModifiedBy?: Identities | null;
  readonly createdDateTime?: string | null;
  readonly lastModifiedDateTime?: string | null;
  readonly fileSystemInfo?: { readonly createdDateTime?: string | null; readonly lastModifiedDateTime?: string | null } | null;
  readonly parentReference?: { readonly id?: string | null } | null;
  readonly file?: { readonly mimeType?: string | null; readonly hashes?: { readonly quickXorHash?: string | null } | null };
  readonly folder?: object;
  readonly root?: object;
  readonly deleted?: object;
  readonly package?: object;
  readonly malware?: object;
  /** What a shortcut leads to (resources/remoteitem). */
  readonly remoteItem?: { readonly id?: string | null; readonly name?: string | null; readonly webUrl?: string | null; readonly parentReference?: { readonly driveId?: string | null } | null };
  /** With `hierarchicalsharing`: rights of its own begin here, empty when nobody was given any (driveitem-delta). */
  readonly shared?: object | null;
  /** Told because its rights changed; on business drives of files only, not of folders (microsoftgraph/msgraph-sdk-java#2548). */
  readonly "@microsoft.graph.sharedChanged"?: string;
  readonly "@microsoft.graph.downloadUrl"?: string;
}

/** Graph `driveItemVersion` (api-reference/v1.0/resources/driveitemversion). */
export interface DriveItemVersion {
  readonly id: string;
  readonly size?: number | null;
  readonly lastModifiedDateTime?: string | null;
}

/** Name or address of whoever an identity set names. */
export function personOf(identities: Identities | null | undefined): string | undefined {
  return identities?.user?.email ?? identities?.user?.displayName ?? undefined;
}
