import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { rightsOf, type People } from "../../../src/convert/rights/rights.js";
import { writeRights, type RightsLine } from "../../../src/engine/report/rights-report.js";
import { Permissions, type Permission } from "../../../src/format/permissions.js";

const people: People = { domains: new Set(["mairie.example"]), account: (address) => (address.toLowerCase() === "zoe@mairie.example" ? "zoe.martin@nouveau.example" : undefined) };
const granted = (more: Partial<Permission>): Permissions => ({ inherits: false, granted: [{ id: "1", roles: ["read"], to: [], ...more }] });
const one = (more: Partial<Permission>) => rightsOf(granted(more), people)[0];

describe("rights in neutral words", () => {
  it("name people by their account at the target, and strangers as such", () => {
    const to = [
      { kind: "user" as const, name: "Zoé", address: "Zoe@mairie.example" }, { kind: "user" as const, address: "luc@mairie.example" },
      { kind: "user" as const, address: "eva@cabinet.example" }, { kind: "user" as const, login: "i:0#.f|membership|eva_cabinet.example#ext#@mairie.example" }, { kind: "site-group" as const, name: "Membres" },
    ];
    expect(one({ to })?.holders.map(({ account, external }) => [account, external])).toEqual([["zoe.martin@nouveau.example", false], [undefined, false], [undefined, true], [undefined, true], [undefined, false]]);
  });

  it.each<[string[], string | undefined, string, string[]]>([
    [["read"], undefined, "read", []], [["write"], undefined, "write", []], [["read", "write"], undefined, "write", ["read", "write"]], [["owner"], undefined, "owner", []],
    [["sp.full control"], undefined, "owner", []], [["sp.restricted view"], undefined, "other", ["sp.restricted view"]], [["constructor"], undefined, "other", ["constructor"]],
    [[], "edit", "write", []], [["write"], "edit", "write", []], [["write"], "review", "write", ["write", "review"]], [[], "embed", "other", ["embed"]],
  ])("%j with link %s: %s", (roles, type, role, said) => {
    expect(one({ roles, ...(type === undefined ? {} : { link: { type, preventsDownload: false } }) })).toMatchObject({ role, said });
  });

  it("keep a link's scope, its expiry and its password, and never its address", () => {
    const right = one({ link: { type: "view", scope: "anonymous", url: "https://secret.example/s/1", preventsDownload: true }, hasPassword: true, expiresAt: "2027-01-01T00:00:00Z" });
    expect(right).toEqual({ role: "read", said: [], holders: [], link: { scope: "everybody", preventsDownload: true, hasPassword: true }, expiresAt: "2027-01-01T00:00:00Z" });
  });

  it("count who was invited by mail, once", () => {
    expect(one({ invited: "eva@cabinet.example" })?.holders).toEqual([{ kind: "user", address: "eva@cabinet.example", external: true }]);
    expect(one({ invited: "Eva@cabinet.example", to: [{ kind: "user", address: "eva@cabinet.example" }] })?.holders).toHaveLength(1);
  });
});

const text = fc.string({ unit: "binary", maxLength: 20 });
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const grantee = fc.record({ kind: fc.constantFrom("user", "group", "site-group", "application", "device", "unknown"), name: optional(text), address: optional(fc.oneof(text, fc.emailAddress())), login: optional(text) });
const permission = fc.record({
  id: text, roles: fc.array(fc.oneof(fc.constantFrom("read", "write", "owner", "__proto__", "constructor"), text), { maxLength: 3 }), to: fc.array(grantee, { maxLength: 4 }),
  link: optional(fc.record({ type: optional(fc.oneof(fc.constantFrom("view", "edit", "toString"), text)), scope: optional(fc.oneof(fc.constantFrom("anonymous", "users", "valueOf"), text)), url: fc.constant("https://secret.example/s/1"), preventsDownload: fc.boolean() })),
  invited: optional(fc.emailAddress()), expiresAt: optional(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(2 ** 42) }).map((date) => date.toISOString())), hasPassword: optional(fc.boolean()),
});

describe("any rights that a vault may hold", () => {
  it("become as many, with everybody in them, and no secret", () => {
    fc.assert(fc.property(fc.array(permission, { maxLength: 5 }), fc.boolean(), (list, inherits) => {
      const permissions = Permissions.parse({ inherits, granted: list });
      const rights = rightsOf(permissions, people);
      expect(rights).toHaveLength(list.length);
      for (const [at, right] of rights.entries()) {
        const told = permissions.granted[at];
        expect(right.holders.length).toBeGreaterThanOrEqual(told?.to.length ?? 0);
        expect(right.holders.slice(0, told?.to.length).map(({ name, address }) => [name, address])).toEqual(told?.to.map(({ name, address }) => [name, address]));
        expect(right.expiresAt).toBe(told?.expiresAt);
        // Words that say more than the role stay.
        if (right.role === "other") expect(right.said).toEqual([...(told?.roles ?? []), ...(told?.link?.type === undefined ? [] : [told.link.type])]);
        expect(["read", "write", "owner", "other"]).toContain(right.role);
      }
      expect(JSON.stringify(rights)).not.toContain("secret.example");
    }), { numRuns: 1_000 });
  });

  it("never become a formula, a second cell or a tag", async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ name: fc.oneof(text, fc.constantFrom("=1+1", "@x", "a;b", "\"q\"", "<script>", "\r\n")), path: text }), { minLength: 1, maxLength: 4 }), async (list) => {
      const rows = list.map(({ name, path }): RightsLine => ({ ownerName: name, path, kind: "file", right: { role: "read", said: [name] }, holder: { kind: "user", name, address: name, external: false }, targets: [] }));
      const files = new Map<string, string>();
      await writeRights((async function* () { yield* await Promise.resolve(rows); })(), "en", {
        open: (file) => Promise.resolve({ write: (piece) => Promise.resolve(void files.set(file, (files.get(file) ?? "") + piece)), close: () => Promise.resolve() }),
      });
      const csv = files.get("rights.csv") ?? "";
      expect(csv.startsWith("\ufeff")).toBe(true);
      const cells = [...csv.slice(1).matchAll(/"((?:[^"]|"")*)"(;|\r\n)/g)].map(([, cell]) => cell ?? "");
      expect(cells).toHaveLength(16 * (rows.length + 1));
      for (const cell of cells) expect(cell).not.toMatch(/^\s*[=+\-@]/);
      expect(files.get("rights.html")).not.toContain("<script>");
    }), { numRuns: 200 });
  });
});
