import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/imap/index.js";
import type { TargetSession } from "../../src/core/adapter.js";
import type { ContainerRole, PlacedContainer } from "../../src/core/item.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { testEnvironment } from "../environment.js";
import { withClient } from "../imap-client.js";
import { titleFor, useServer } from "../servers.js";

const server = useServer("cyrus");
const { signal } = new AbortController();
const ACCOUNT = "gaston@commune.example";
const RUN = randomBytes(4).toString("hex");

function folder(id: string, name: string, role?: ContainerRole): PlacedContainer {
  return { workload: "mail", owner: "o", id: `${id}-${RUN}`, name, path: [name], ...(role === undefined ? {} : { role }) };
}

(server === undefined ? describe.skip : describe)(`folders with a special use on ${titleFor("cyrus", server)}`, () => {
  const access = { host: server?.host ?? "", port: server?.imapPort ?? 0 };
  const sent = folder("envoyés", `Éléments envoyés ${RUN}`, "sent");
  const made: string[] = [];
  let session: TargetSession;

  async function open(): Promise<TargetSession> {
    const created = await adapter.create(adapter.options.parse({ ...access, security: "none", password: "env:S" }), testEnvironment("courrier", { "env:S": "secret" }));
    return created.connect({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }, "mail", signal);
  }
  /** Marks as the server itself tells them, by mailbox; those that a client guesses from names are left out. */
  const marks = (): Promise<Record<string, readonly string[]>> => withClient({ ...access, user: ACCOUNT, pass: "secret" }, async (client) =>
    Object.fromEntries((await client.list()).map(({ path, flags }) => [path, [...flags].filter((flag) => /^\\(?:Sent|Trash|Drafts|Junk|Archive)$/.test(flag))])));

  beforeAll(async () => { session = await open(); });
  afterAll(() => session.close());

  it("are marked where they are made for it, and known by it in a later run, whatever the source calls them then", async () => {
    const first = await session.prepare(sent, undefined, signal);
    made.push(first.id);
    expect({ first, marks: (await marks())[first.id] }).toMatchObject({ first: { created: true }, marks: ["\\Sent"] });
    await session.close();
    session = await open();
    expect(await session.prepare({ ...sent, name: "Sent Items", path: ["Sent Items"] }, undefined, signal)).toMatchObject({ id: first.id, created: false });
  });

  it("are marked once: another folder of that use, and one without any, are made without", async () => {
    for (const one of [folder("double", `Sent ${RUN}`, "sent"), folder("sans", `Projets ${RUN}`)]) {
      const { id, created } = await session.prepare(one, undefined, signal);
      made.push(id);
      expect({ created, marks: (await marks())[id] }).toEqual({ created: true, marks: [] });
    }
  });

  it("are removed once they are empty, though the server deletes none that has such a use", async () => {
    const refused = await withClient({ ...access, user: ACCOUNT, pass: "secret" }, (client) => client.mailboxDelete(made[0] ?? "").then(() => false, () => true));
    await session.close();
    session = await open();
    const gone: boolean[] = [];
    for (const id of made) gone.push(await session.removeContainer(id, signal));
    expect({ refused, gone, left: Object.keys(await marks()).filter((path) => path.includes(RUN)) }).toEqual({ refused: true, gone: [true, true, true], left: [] });
  });
});
