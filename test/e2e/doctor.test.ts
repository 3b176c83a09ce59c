import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { cli, records, workDir } from "./cli.js";
import { stage } from "./stage.js";

type Json = Record<string, unknown>;
interface Check { readonly where: string; readonly subject: string; readonly ok: boolean; readonly code: string; readonly message: string; readonly advice?: string }

const DOMAIN = { name: "Mairie", domain: "mairie.example" };
const PEOPLE = ["ana", "luc", "zoe"].map((name) => `${name}@mairie.example`);
const ROUTES = [{ workload: ["mail", "calendar", "settings"], to: "archive" }];

/** What `doctor` says of a tenant with three mailboxes and an account that has none. */
async function doctor(tenantCard: Json, changes: Json = {}, args: readonly string[] = []): Promise<{ code: number | null; checks: readonly Check[]; text: string }> {
  const staged = await stage(async (tenant) => {
    const write = async (file: string, value: unknown): Promise<void> => {
      await mkdir(path.dirname(path.join(tenant, file)), { recursive: true });
      await writeFile(path.join(tenant, file), JSON.stringify(value));
    };
    await write("tenant.json", { ...DOMAIN, ...tenantCard });
    for (const person of PEOPLE) await write(`users/${person}/profile.json`, {});
    await write("users/sans@mairie.example/profile.json", { mailboxEnabled: false });
  });
  const work = await workDir(staged.served, { routes: ROUTES, ...changes });
  try {
    const { code, stdout, stderr } = await cli(["doctor", "--config", work.config, "--json", ...args]);
    const checks = records(stdout).filter(({ type }) => type === "check") as unknown as Check[];
    return { code, checks: checks.filter(({ where }) => where === "Microsoft 365"), text: stderr };
  } finally {
    await work.remove();
    await staged.remove();
  }
}

const of = (checks: readonly Check[], subject: string): Check | undefined => checks.find((check) => check.subject === subject);
const bad = (checks: readonly Check[]): string[] => checks.filter(({ ok }) => !ok).map(({ subject, code }) => `${subject} ${code}`);

describe("doctor", () => {
  it("counts the mailboxes, names an account that has none, and lists the least permissions with the consent link", async () => {
    const { code, checks } = await doctor({});
    expect({ code, bad: bad(checks) }).toEqual({ code: 0, bad: [] });
    expect(of(checks, "sans@mairie.example")).toMatchObject({ ok: true, code: "GRAPH_NO_MAILBOX", advice: expect.stringContaining("licence") });
    expect(of(checks, "mailboxes")).toMatchObject({ message: "3 answer, 0 refused, 1 without mailbox" });
    const all = checks.find(({ subject }) => subject.startsWith("application permissions"));
    expect(all?.message).toMatch(/^User\.Read\.All, Mail\.Read, Calendars\.Read, MailboxSettings\.Read; https:\/\/.*\/adminconsent\?client_id=/);
  });

  it("names what the token lacks, once for a permission and not for each mailbox", async () => {
    const { code, checks } = await doctor({ grantedRoles: ["User.Read.All", "MailboxSettings.ReadWrite"] });
    expect({ code, bad: bad(checks) }).toEqual({ code: 13, bad: ["mailboxes GRAPH_OUT_OF_SCOPE", "Mail.Read GRAPH_PERMISSION", "Calendars.Read GRAPH_PERMISSION", "application permissions for these routes GRAPH_CONSENT"] });
    expect(of(checks, "MailboxSettings.Read")?.ok).toBe(true);
    expect(of(checks, "Mail.Read")?.advice).toContain("adminconsent");
    expect(of(checks, "application permissions for these routes")?.message).toContain("missing: Mail.Read, Calendars.Read");
  });

  it("finds mailboxes outside the application's scope, whichever comes first in the list", async () => {
    const { code, checks } = await doctor({ mailboxScope: ["sans@mairie.example", "zoe@mairie.example"] });
    expect({ code, bad: bad(checks) }).toEqual({ code: 13, bad: ["ana@mairie.example GRAPH_OUT_OF_SCOPE", "luc@mairie.example GRAPH_OUT_OF_SCOPE", "mailboxes GRAPH_OUT_OF_SCOPE"] });
    expect(of(checks, "ana@mairie.example")?.advice).toContain("management scope");
    const narrowed = await doctor({ mailboxScope: ["zoe@mairie.example"] }, { owners: ["zoe@mairie.example"] });
    expect({ code: narrowed.code, bad: bad(narrowed.checks), sum: of(narrowed.checks, "mailboxes")?.message }).toEqual({ code: 0, bad: [], sum: "1 answer, 0 refused, 0 without mailbox" });
  });

  it("takes a permission that Exchange grants for granted, although no token names it", async () => {
    const exchange = { grantedRoles: ["User.Read.All"], mailboxRoles: ["Mail.Read", "Calendars.Read", "MailboxSettings.Read"], mailboxScope: ["luc@mairie.example"] };
    const { code, checks } = await doctor(exchange, { owners: ["luc@mairie.example"] });
    expect({ code, bad: bad(checks) }).toEqual({ code: 0, bad: [] });
  });

  it("says in French what is refused, and asks no mailbox when none is routed", async () => {
    const { checks, text } = await doctor({ mailboxScope: ["zoe@mairie.example"] }, { owners: ["ana@mairie.example", "zoe@mairie.example"] }, ["--lang", "fr"]);
    expect(of(checks, "boîtes")?.message).toBe("1 répondent, 1 refusées, 0 comptes sans boîte");
    expect(text).toContain("hors de la portée");
    const files = await doctor({}, { routes: [{ workload: "files", to: "archive" }] });
    expect({ bad: bad(files.checks), asked: of(files.checks, "mailboxes") }).toEqual({ bad: [], asked: undefined });
  });

  it("asks the first 200 mailboxes unless told otherwise", async () => {
    const staged = await stage(async (tenant) => {
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify(DOMAIN));
      for (let index = 0; index < 203; index += 1) {
        await mkdir(path.join(tenant, `users/u${index}@mairie.example`), { recursive: true });
        await writeFile(path.join(tenant, `users/u${index}@mairie.example/profile.json`), "{}");
      }
    });
    const work = await workDir(staged.served, { routes: ROUTES });
    try {
      const sum = async (args: readonly string[]): Promise<unknown> => records((await cli(["doctor", "--config", work.config, "--json", ...args])).stdout).find(({ subject }) => subject === "mailboxes")?.["message"];
      expect(await sum([])).toBe("200 answer, 0 refused, 0 without mailbox (the first 200; doctor --owners asks all)");
      expect(await sum(["--owners"])).toBe("203 answer, 0 refused, 0 without mailbox");
    } finally {
      await work.remove();
      await staged.remove();
    }
  });
});
