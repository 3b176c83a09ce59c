import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { James } from "../james.js";
import { titleFor, useServer } from "../servers.js";

const server = useServer("james");
/** Over the 256 that Reactor buffers unless told otherwise (fixtures/servers/james). */
const MANY = 300;
const RECEIVED = { subject: "Essai", textBody: [{ partId: "t", type: "text/plain" }], bodyValues: { t: { value: "…" } }, keywords: { essai: true } };

(server === undefined ? describe.skip : describe)(titleFor("james", server), () => {
  const james = new James(server ?? { host: "", port: 0, root: "" });

  it("answers changes of flags whatever mailboxes of others hold", async () => {
    const accounts = [1, 2].map(() => `plein-${randomBytes(4).toString("hex")}@commune.example`);
    const last: string[] = [];
    for (const account of accounts) {
      await james.addAccount(account);
      const made = (await james.call(account, "Mailbox/set", { create: { m: { name: "Essai", parentId: null } } }))["created"] as { m: { id: string } };
      const create = Object.fromEntries(Array.from({ length: MANY }, (_, at) => [`e${at}`, { ...RECEIVED, mailboxIds: { [made.m.id]: true } }]));
      const { created } = (await james.call(account, "Email/set", { create })) as { created: Record<string, { id: string }> };
      last.push(created[`e${MANY - 1}`]?.id ?? "");
    }
    // In which order the server goes through mailboxes is not told: for one of the two, those of the other come first.
    for (const [at, account] of accounts.entries()) {
      const id = last[at] ?? "";
      expect(Object.keys((await james.call(account, "Email/set", { update: { [id]: { "keywords/$seen": true } } }))["updated"] as object)).toEqual([id]);
    }
  });
});
