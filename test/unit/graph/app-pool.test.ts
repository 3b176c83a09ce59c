import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import { AppPool, linkOwner, pinnedLink, type AppPoolOptions, type Errand, type GraphApp } from "../../../src/graph/sign-in/app-pool.js";
import { sharedToken } from "../../../src/graph/sign-in/shared-token.js";
import { chargesOf } from "../../../src/graph/pace/charges.js";

const app = (id: string): GraphApp => ({ id, auth: { token: () => Promise.resolve(id) } });
const poolOf = (options: AppPoolOptions = {}): AppPool => new AppPool([app("A"), app("B"), app("C")], options);
const errand = (path: string, more: Partial<Errand> = {}): Errand => ({ charges: chargesOf({ path }), pinned: undefined, permission: "P", key: "K", ...more });
/** Who may do the errand. */
const asked = (pool: AppPool, wanted: Errand): Promise<string> => pool.run(wanted, (apps) => Promise.resolve(apps.map(({ id }) => id).join("")));
const refusing = (refusers: string, code: "GRAPH_CONSENT" | "AUTH_SECRET" | "AUTH_UNREACHABLE" | "GRAPH_NOT_FOUND", seen: string[]) =>
  (apps: readonly GraphApp[], chosen: (one: GraphApp) => void): Promise<string> => {
    const one = apps[0] ?? app("?");
    chosen(one);
    seen.push(one.id);
    return refusers.includes(one.id) ? Promise.reject(new ExodusError(code)) : Promise.resolve(one.id);
  };

describe("several applications", () => {
  it("may all ask, but for a drive, which is the main one's unless drives are spread", async () => {
    expect(await asked(poolOf(), errand("/users/U/messages"))).toBe("ABC");
    expect(await asked(poolOf(), errand("/drives/D/root/delta"))).toBe("A");
    const spread = poolOf({ spreadFiles: true });
    const owners: string[] = [];
    for (let index = 0; index < 6; index += 1) {
      expect(await asked(spread, errand(`/users/${index}/drives`))).toBe("ABC");
      owners.push(await asked(spread, errand(`/drives/${index}/root/delta`)));
    }
    expect(owners.join("")).toBe("ABCABC");
    // Everything of a drive goes the same way, downloads too.
    for (const [drive, owner] of owners.entries()) expect(await asked(spread, errand(`/drives/${drive}/items/1`))).toBe(owner);
    // A later run follows the link that it has, and goes on there.
    const later = poolOf({ spreadFiles: true });
    expect(await asked(later, errand("/drives/9/root/delta", { pinned: "C" }))).toBe("C");
    expect(await asked(later, errand("/drives/9/items/1"))).toBe("C");
  });

  it("follow a link by the one that got it, and by any when that one is not there any more", async () => {
    const pool = poolOf();
    const link = pinnedLink("https://graph/v1.0/users/U/messages?$skiptoken=x", app("B"), pool);
    const told = linkOwner(link, pool);
    expect(told).toEqual({ path: "https://graph/v1.0/users/U/messages?$skiptoken=x", pinned: "B" });
    expect(await asked(pool, errand("/users/U/messages", { pinned: told.pinned }))).toBe("B");
    expect(await asked(new AppPool([app("A")]), errand("/users/U/messages", { pinned: told.pinned }))).toBe("A");
    expect(pinnedLink("https://graph/x", pool.main, pool)).toBe("https://graph/x");
    expect([linkOwner("https://graph/x", pool).pinned, linkOwner("/users", pool).pinned]).toEqual(["A", undefined]);
  });

  it("try the others where one is refused, and remember it for that permission and place", async () => {
    const pool = poolOf();
    const seen: string[] = [];
    expect(await pool.run(errand("/users/U/messages"), refusing("A", "GRAPH_CONSENT", seen))).toBe("B");
    expect(seen).toEqual(["A", "B"]);
    expect(await asked(pool, errand("/users/U/messages"))).toBe("BC");
    expect([await asked(pool, errand("/users/U/messages", { permission: "Q" })), await asked(pool, errand("/users/V/messages", { key: "L" }))]).toEqual(["ABC", "ABC"]);
  });

  it("let the first refusal stand when all are refused, and forget it", async () => {
    const pool = poolOf();
    const seen: string[] = [];
    await expect(pool.run(errand("/users/U/messages"), refusing("ABC", "GRAPH_CONSENT", seen))).rejects.toMatchObject({ code: "GRAPH_CONSENT" });
    expect(seen).toEqual(["A", "B", "C"]);
    expect(await asked(pool, errand("/users/U/messages"))).toBe("ABC");
  });

  it("go on without the one that cannot sign in, and say so once", async () => {
    const told: string[] = [];
    const pool = poolOf({ onLeftOut: (id, { code }) => told.push(`${id} ${code}`) });
    expect(await pool.run(errand("/users/U/messages"), refusing("A", "AUTH_SECRET", []))).toBe("B");
    expect(await asked(pool, errand("/drives/D/root/delta"))).toBe("B");
    await pool.run(errand("/users/V/messages"), refusing("A", "AUTH_SECRET", []));
    expect(told).toEqual(["A AUTH_SECRET"]);
  });

  it("blame nobody for a network that is down or a thing that is gone", async () => {
    for (const code of ["AUTH_UNREACHABLE", "GRAPH_NOT_FOUND"] as const) {
      const seen: string[] = [];
      await expect(poolOf().run(errand("/users"), refusing("ABC", code, seen))).rejects.toMatchObject({ code });
      expect(seen).toEqual(["A"]);
    }
  });
});

describe("a shared token", () => {
  it("is fetched once for all who ask at the same time, and renewed once for all who met its end", async () => {
    const fetched: boolean[] = [];
    let count = 0;
    const auth = sharedToken(async (fresh) => {
      fetched.push(fresh);
      await Promise.resolve();
      count += fresh || count === 0 ? 1 : 0;
      return `token ${count}`;
    });
    expect(await Promise.all([auth.token(), auth.token(), auth.token()])).toEqual(["token 1", "token 1", "token 1"]);
    expect(await Promise.all([auth.token("token 1"), auth.token("token 1")])).toEqual(["token 2", "token 2"]);
    // A late one, refused with the old token, takes what the others fetched.
    expect(await auth.token("token 1")).toBe("token 2");
    expect(fetched).toEqual([false, true, false]);
  });
});
