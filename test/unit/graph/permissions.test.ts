import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import type { Change } from "../../../src/core/item.js";
import type { Cursor, Feed } from "../../../src/core/source.js";
import type { FileRecord, FolderRecord } from "../../../src/format/records.js";
import type { DriveItem } from "../../../src/graph/drive/drive-item.js";
import { permissionsOf, type GraphPermission } from "../../../src/graph/map/permission.js";
import { createFilesWorkload } from "../../../src/graph/workloads/files.js";
import { FakeContext, fakeClient, OWNER, page, round, type Answer } from "../graph-calendar/fake-client.js";

type Told = GraphPermission;
const ZOE = { id: "u2", displayName: "Zoé", email: "zoe@mairie.example" };
const LINK: Told = { id: "l1", roles: ["read"], link: { type: "view", scope: "organization", webUrl: "https://x.example/:w:/s/abc" } };
const DIRECT: Told = { id: "d1", roles: ["write"], grantedToV2: { user: ZOE, siteUser: { id: "11", displayName: "Zoé", loginName: "i:0#.f|membership|zoe@mairie.example" } } };
const INHERITED: Told = { id: "s1", roles: ["owner"], grantedToV2: { siteGroup: { id: "6", displayName: "Propriétaires" } }, inheritedFrom: {} };

describe("rights as told by the source", () => {
  it("keep links, persons, groups, applications and invitations, in an order of their own", () => {
    const told = permissionsOf([
      { id: "z", roles: ["write", "read"], grantedToV2: { group: { id: "g", displayName: "Élus", email: "elus@mairie.example" } }, expirationDateTime: "2027-01-01T00:00:00Z" },
      { ...LINK, link: { ...LINK.link, scope: "users", preventsDownload: true, application: { displayName: "Portail" } }, hasPassword: true, grantedToIdentitiesV2: [{ user: ZOE }, { siteUser: { id: "3", loginName: "c:0-.f|x" } }] },
      { id: "a", roles: ["read"], grantedTo: { application: { id: "app", displayName: "Robot" } }, expirationDateTime: "0001-01-01T00:00:00Z" },
      { id: "i", roles: ["read"], invitation: { email: "ext@ailleurs.example" } },
      { id: "0", roles: ["read"], link: { scope: "existingAccess", type: "view", webUrl: "https://x.example/" } },
    ], false);
    expect(told).toEqual({
      inherits: false,
      granted: [
        { id: "a", roles: ["read"], to: [{ kind: "application", id: "app", name: "Robot" }] },
        { id: "i", roles: ["read"], to: [], invited: "ext@ailleurs.example" },
        {
          id: "l1", roles: ["read"], to: [{ kind: "unknown", id: "3", login: "c:0-.f|x" }, { kind: "user", id: "u2", name: "Zoé", address: "zoe@mairie.example" }],
          link: { type: "view", scope: "users", url: "https://x.example/:w:/s/abc", preventsDownload: true, application: "Portail" }, hasPassword: true,
        },
        { id: "z", roles: ["read", "write"], to: [{ kind: "group", id: "g", name: "Élus", address: "elus@mairie.example" }], expiresAt: "2027-01-01T00:00:00.000Z" },
      ],
    });
  });

  it("are nothing of the item's own when all are inherited, but at the top of a drive, where nothing stands above", () => {
    expect(permissionsOf([INHERITED], false)).toBeUndefined();
    expect(permissionsOf([INHERITED, DIRECT], false)).toMatchObject({ inherits: true, granted: [{ id: "d1", to: [{ kind: "user", login: "i:0#.f|membership|zoe@mairie.example" }] }] });
    expect(permissionsOf([INHERITED], true)).toEqual({ inherits: false, granted: [{ id: "s1", roles: ["owner"], to: [{ kind: "site-group", id: "6", name: "Propriétaires" }] }] });
  });
});

const FEED: Feed = { id: "d", container: { workload: "files", owner: OWNER.id, id: "root", name: "", role: "root" }, listing: false };
const PERMISSIONS = (id: string): string => `/drives/d/items/${id}/permissions`;
const file = (id: string, more: Partial<DriveItem> = {}): DriveItem => ({ id, name: `${id}.txt`, size: 0, eTag: `"{${id}},1"`, file: {}, parentReference: { id: "root" }, ...more });
const folder = (id: string, more: Partial<DriveItem> = {}): DriveItem => ({ id, name: id, folder: {}, parentReference: { id: "root" }, ...more });
const ROOT: DriveItem = { id: "root", name: "root", root: {}, folder: {}, shared: {} };

/** One round over what the delta tells and what each item's rights are; answers the changes and the paths asked. */
async function told(context: FakeContext, rows: readonly DriveItem[], rights: Readonly<Record<string, Answer>>, since?: string) {
  const client = fakeClient({
    [since ?? "/drives/d/root/delta"]: ({ headers }) => {
      expect(headers?.["Prefer"]).toContain("hierarchicalsharing");
      return [{ ...page(...rows), deltaLink: "next" }];
    },
    ...Object.fromEntries(Object.entries(rights).map(([id, answer]) => [PERMISSIONS(id), answer])),
  });
  const { changes } = await round(createFilesWorkload(client, { versions: 0 }), FEED, context, since as Cursor | undefined);
  return { changes, asked: client.asked.filter((path) => path.endsWith("/permissions")) };
}

const item = (changes: readonly Change[], id: string) => changes.find((change) => change.kind === "item" && change.key.id === id) as Extract<Change, { kind: "item" }> | undefined;
const record = (changes: readonly Change[], id: string) => item(changes, id)?.record as (FileRecord | FolderRecord) | undefined;

describe("a drive's rights", () => {
  it("are asked for only where the delta says that they begin, and kept with the file or in the folder", async () => {
    const { changes, asked } = await told(new FakeContext(), [ROOT, folder("plain"), folder("open", { shared: { scope: "users" } as object }), file("a"), file("b", { shared: {} })], {
      root: () => [page(INHERITED)], open: () => [page(INHERITED, DIRECT)], b: () => [page(LINK)],
    });
    expect(asked.sort()).toEqual([PERMISSIONS("b"), PERMISSIONS("open"), PERMISSIONS("root")]);
    expect(record(changes, "a")?.permissions).toBeUndefined();
    expect(record(changes, "b")?.permissions?.granted[0]?.link?.url).toBe("https://x.example/:w:/s/abc");
    expect(item(changes, "open/folder")).toMatchObject({ container: "open", record: { type: "folder", permissions: { inherits: true } } });
    expect(record(changes, "root/folder")?.permissions?.granted.map(({ to }) => to[0]?.name)).toEqual(["Propriétaires"]);
  });

  it("change without the file, are known again, and go", async () => {
    const context = new FakeContext();
    const shared = file("b", { shared: {} });
    const first = await told(context, [ROOT, shared, folder("f", { shared: {} })], { root: () => [page()], b: () => [page(LINK)], f: () => [page(DIRECT)] });
    const same = await told(context, [ROOT, shared, folder("f", { shared: {} })], { b: () => [page(LINK)], f: () => [page(DIRECT)] }, "next");
    expect(same.changes.filter(({ kind }) => kind !== "container").map(({ kind }) => kind)).toEqual(["unchanged", "unchanged"]);
    const wider = await told(context, [ROOT, shared], { b: () => [page(LINK, DIRECT)] }, "next");
    expect(item(wider.changes, "b")?.digest).not.toBe(item(first.changes, "b")?.digest);
    // The facet may be left out of what is told of a change: what had rights is asked once more.
    const closed = await told(context, [ROOT, file("b", { eTag: '"{b},2"' }), folder("f")], { b: () => [page(INHERITED)], f: () => [page(INHERITED)] }, "next");
    expect(record(closed.changes, "b")?.permissions).toBeUndefined();
    expect(closed.changes).toContainEqual({ kind: "tombstone", id: "f/folder", container: "f" });
    expect((await told(context, [ROOT, file("b", { eTag: '"{b},3"' })], {}, "next")).asked).toEqual([]);
  });

  it("that are denied, or whose links have no address, are named losses", async () => {
    const { changes } = await told(new FakeContext(), [file("a", { shared: {} }), file("b", { shared: {} }), folder("f", { shared: {} })], {
      a: () => { throw new ExodusError("GRAPH_CONSENT", {}); },
      b: () => [page({ ...LINK, link: { type: "view", scope: "anonymous" } })],
      f: () => { throw new ExodusError("GRAPH_LOCKED", {}); },
    });
    expect(["a", "b", "f/folder"].map((id) => item(changes, id)?.losses.map(({ reason }) => reason))).toEqual([["files.permissions-unreadable"], ["files.link-address"], ["files.permissions-unreadable"]]);
  });

  it("of a folder that could not be read are read again by their id", async () => {
    const context = new FakeContext();
    const { changes } = await told(context, [folder("f", { shared: {} })], { f: () => { throw new ExodusError("GRAPH_PASSING", {}); } });
    expect(changes.at(-1)).toMatchObject({ kind: "unreadable", id: "f/folder", container: "f" });
    const client = fakeClient({ [`/users/${OWNER.id}/drives`]: () => [page({ id: "d" })], "/drives/d/items/f": () => folder("f", { shared: {} }), [PERMISSIONS("f")]: () => [page(DIRECT)] });
    expect(await createFilesWorkload(client).readOne(OWNER, "f/folder", "f", context)).toMatchObject({ kind: "item", key: { id: "f/folder" } });
  });
});
