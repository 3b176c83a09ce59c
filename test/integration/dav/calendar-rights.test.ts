import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { put, remove } from "../../../src/drivers/dav/verbs.js";
import { NO_ABORT, withDav } from "../../dav-client.js";
import { countMessages } from "../../imap-client.js";
import { lineTalk } from "../../line-talk.js";
import { titleFor, useServer } from "../../servers.js";

/** What docs/targets/dav.md says of rights on Cyrus's calendars, and of the way by which an administrator gives them: no line of the adapters takes part. */
const [OWNER, OTHER] = ["fatou@commune.example", "marie@commune.example"];
const XML = { "content-type": "application/xml; charset=utf-8" };
const ICS = { "content-type": "text/calendar; charset=utf-8", "scheduling-enabled": "F" };
const cyrus = useServer("cyrus");

(cyrus === undefined ? describe.skip : describe)(`rights of calendars on ${titleFor("cyrus", cyrus)}`, () => {
  const { host, port, imapPort = 0, root } = cyrus ?? { host: "", port: 0, root: "" };
  const server = { host, port, root };
  let name = "";
  let home = "";
  const ask = (who: string, method: string, where: string, body?: string, headers: Record<string, string> = XML): Promise<{ status: number; text: string }> =>
    withDav(server, who, (client) => client.request(method, where, { headers, expect: [403, 404], signal: NO_ABORT, ...(body === undefined ? {} : { body }) }, async (answer) => ({ status: answer.status, text: await answer.text() })));
  const listed = async (): Promise<string> => /<acl>.*<\/acl>/s.exec((await ask(OWNER, "PROPFIND", home, '<propfind xmlns="DAV:"><prop><acl/></prop></propfind>', { ...XML, depth: "0" })).text)?.[0] ?? "";
  const acl = (aces: string): Promise<{ status: number; text: string }> => ask(OWNER, "ACL", home, `<acl xmlns="DAV:">${aces}</acl>`);
  const event = (uid: string, ...more: readonly string[]): string =>
    ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//t//t//FR", "BEGIN:VEVENT", `UID:${uid}-${name}`, "DTSTAMP:20240101T000000Z", "DTSTART:20370325T080000Z", "DTEND:20370325T090000Z", "SUMMARY:Chirurgien", ...more, "END:VEVENT", "END:VCALENDAR", ""].join("\r\n");
  const OWN = "<ace><principal><self/></principal><grant><privilege><all/></privilege></grant></ace>";
  /** As the owner, in the owner's own session. */
  const byImap = async (command: string): Promise<string> => {
    const talk = lineTalk({ host, port: imapPort });
    try {
      await talk.answer(/^\* OK .*\r\n/m);
      talk.send(`a LOGIN ${OWNER} secret\r\n`);
      await talk.answer(/^a OK .*\r\n/m);
      talk.send(`b ${command}\r\n`);
      return await talk.answer(/^b .*\r\n/m);
    } finally {
      talk.close();
    }
  };

  beforeEach(async () => {
    name = `droits-${randomBytes(5).toString("hex")}`;
    home = `/dav/calendars/user/${OWNER}/${name}/`;
    expect((await ask(OWNER, "MKCALENDAR", home)).status).toBe(201);
    await withDav(server, OWNER, (client) => put(client, `${home}prive.ics`, event("prive", "CLASS:PRIVATE"), { headers: ICS, signal: NO_ABORT }));
  });
  afterEach(() => withDav(server, OWNER, (client) => remove(client, home, NO_ABORT)));

  it("are not given to a person by ACL, under whatever address; whom a list does not name loses theirs", async () => {
    const before = await listed();
    expect(before).toContain("admin@commune.example");
    for (const href of [`/dav/principals/user/${OTHER}/`, `/dav/principals/user/${OTHER}`, `/dav/principals/user/${encodeURIComponent(OTHER)}/`]) {
      const refused = await acl(`${OWN}<ace><principal><href>${href}</href></principal><grant><privilege><read/></privilege></grant></ace>`);
      expect([href, refused.status, refused.text]).toEqual([href, 403, expect.stringContaining("recognized-principal")]);
    }
    expect(await listed()).toBe(before);
    expect((await acl(OWN)).status).toBe(200);
    expect(await listed()).not.toContain("admin@commune.example");
  });

  it("of a new calendar let everybody see when its owner is busy, and no more, until that is taken away", async () => {
    const query = '<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav"><C:time-range start="20370320T000000Z" end="20370330T000000Z"/></C:free-busy-query>';
    const busy = await ask(OTHER, "REPORT", home, query, { ...XML, depth: "1" });
    expect([busy.status, busy.text.includes("20370325T080000Z"), busy.text.includes("Chirurgien")]).toEqual([200, true, false]);
    expect((await ask(OTHER, "GET", `${home}prive.ics`)).status).toBe(403);
    expect(await byImap(`SETACL "#calendars/${name}" anyone -9`)).toMatch(/^b OK/m);
    const after = await ask(OTHER, "REPORT", home, query, { ...XML, depth: "1" });
    expect([after.status >= 400, after.text.includes("20370325")]).toEqual([true, false]);
  });

  it("of a delegate who sees private events are given by IMAP, beside those of others, twice as once, and nobody is told", async () => {
    const told = async (): Promise<unknown> => {
      const sent = await Promise.all((await readdir(path.join(root, "data/imip"))).map((file) => readFile(path.join(root, "data/imip", file), "utf8")));
      return [await countMessages({ host, port: imapPort, user: OTHER, pass: "secret" }, "INBOX"), sent.filter((mail) => mail.includes(OTHER)).length];
    };
    const before = await told();
    const grant = `SETACL "#calendars/${name}" ${OTHER} +lripte`;
    for (const time of [1, 2]) expect([time, await byImap(grant)]).toEqual([time, expect.stringMatching(/^b OK/m)]);
    const rights = await byImap(`GETACL "#calendars/${name}"`);
    expect(rights).toMatch(new RegExp(`${OTHER.replace(".", "\\.")} lripte`));
    expect(rights).toContain("admin@commune.example lrswipkxtecdan789");
    expect((await ask(OTHER, "GET", `${home}prive.ics`)).text).toContain("Chirurgien");
    for (const [method, file, status] of [["PUT", "autre.ics", 201], ["PUT", "prive.ics", 204], ["DELETE", "autre.ics", 204]] as const) {
      const done = await ask(OTHER, method, `${home}${file}`, method === "PUT" ? event(file.slice(0, -4), "LOCATION:Mairie") : undefined, ICS);
      expect([method, file, done.status]).toEqual([method, file, status]);
    }
    expect(await told()).toEqual(before);
  });

  it("of a reader show private events too: the server heeds no CLASS", async () => {
    expect(await byImap(`SETACL "#calendars/${name}" ${OTHER} +lr`)).toMatch(/^b OK/m);
    expect((await ask(OTHER, "GET", `${home}prive.ics`)).text).toContain("CLASS:PRIVATE");
    expect((await ask(OTHER, "PUT", `${home}prive.ics`, event("prive"), ICS)).status).toBe(403);
  });
});
