import { parse } from "csv-parse/sync";
import { describe, expect, it } from "@jest/globals";
import { writeAudit } from "../../../src/engine/report/audit-report.js";
import { csvLine } from "../../../src/lib/csv.js";
import type { AuditRow, ItemRow, ReportModel, ReportSink, UnitRow } from "../../../src/engine/report/model.js";
import { writeReport } from "../../../src/engine/report/report.js";
import { addUp, assertSumsAgree } from "../../../src/engine/report/sums.js";
import { WORDS } from "../../../src/engine/report/words.js";

const HOSTILE = `</td><script>alert("x")</script>'&\u202e\u0000`;

/** A sink in memory; a file counts once it was closed. */
class MemorySink implements ReportSink {
  readonly files = new Map<string, string>();
  largestWrite = 0;

  open(name: string): ReturnType<ReportSink["open"]> {
    const parts: string[] = [];
    return Promise.resolve({
      write: (text) => {
        this.largestWrite = Math.max(this.largestWrite, text.length);
        parts.push(text);
        return Promise.resolve();
      },
      close: () => Promise.resolve(void this.files.set(name, parts.join(""))),
    });
  }

  text(name: string): string {
    return this.files.get(name) ?? "not written";
  }
}

function unit(more: Partial<UnitRow> = {}): UnitRow {
  return {
    owner: "o1", ownerName: "zoe@commune.example", workload: "mail", target: "archive", seen: 6,
    counts: { migrated: 1, "already-there": 1, converted: 1, skipped: 1, failed: 1, pending: 1 }, removed: 2, keptAfterDeletion: 3, bytes: 1_500_000,
    blocked: [], verified: { same: 1, different: 0, missing: 0, unverifiable: 0 }, ...more,
  };
}

function item(more: Partial<ItemRow> = {}): ItemRow {
  return { ownerName: "zoe@commune.example", workload: "mail", target: "archive", id: "AAMk", title: "Conseil", state: "converted", losses: [{ field: "name", change: "approximated", side: "target", reason: "files.name-shortened" }], ...more };
}

function model(items: readonly ItemRow[], more: Partial<ReportModel> = {}): ReportModel {
  return {
    vaultId: "v", passId: "p", kind: "full", startedAt: "2026-11-24T09:00:00.000Z", endedAt: "2026-11-24T10:00:00.000Z", complete: true, units: [unit()], lang: "fr",
    async *items() { yield* items; }, ...more,
  };
}

async function written(of: ReportModel): Promise<MemorySink> {
  const sink = new MemorySink();
  await writeReport(of, sink);
  return sink;
}

describe("sums", () => {
  it("agree when every item seen ended in one state", () => {
    expect(() => assertSumsAgree(unit())).not.toThrow();
    expect(() => assertSumsAgree(unit({ seen: 7 }))).toThrow(expect.objectContaining({ code: "SUMS_DISAGREE" }));
  });

  it("add up over units", () => {
    expect(addUp([unit(), unit({ bytes: 1, verified: { same: 0, different: 2, missing: 3, unverifiable: 4 } })])).toEqual({
      seen: 12, counts: { migrated: 2, "already-there": 2, converted: 2, skipped: 2, failed: 2, pending: 2 }, removed: 4, keptAfterDeletion: 6, bytes: 1_500_001,
      verified: { same: 1, different: 2, missing: 3, unverifiable: 4 },
    });
  });
});

describe("the report", () => {
  it("accounts in French, with totals, remedies and losses by reason", async () => {
    const why = { code: "TARGET_QUOTA_FULL", message: "Le quota est épuisé.", remedy: "Relevez le quota." };
    const sink = await written(model([item(), item({ id: "2" }), item({ state: "failed", title: "Gros message", why, losses: [] })], { units: [unit({ blocked: [{ ...why, containers: ["*"] }] }), unit({ workload: "files" })] }));
    const html = sink.text("report.html");
    for (const told of ["Rapport de migration", "passe complète · 2026-11-24 09:00 UTC – 2026-11-24 10:00 UTC", "L&#39;exécution est complète.", "Les sommes concordent.", "courrier", "fichiers", "1,4 Mo", "Relevez le quota.", "seul ce qui a échoué est repris", "Le nom dépasse ce que permet la cible"]) expect(html).toContain(told);
    expect(html).toContain('<html lang="fr">');
    expect(html).toMatch(/<tfoot><tr><td>Total<\/td><td><\/td><td><\/td><td class="n">12<\/td>/);
    expect(html).toMatch(/<td>files\.name-shortened<\/td><td>[^<]*<\/td><td class="n">2<\/td>/);
    expect(html.indexOf("Gros message")).toBeLessThan(html.indexOf("Conseil"));
    expect(html).not.toMatch(/src=|href=|@import|url\(/);
  });

  it("says in English when it was stopped, and when the sums do not agree", async () => {
    const html = (await written(model([], { lang: "en", complete: false, units: [unit({ seen: 9 })] }))).text("report.html");
    expect(html).toContain("The run was stopped before its end");
    expect(html).toContain("The sums do not agree");
    expect(html).toContain("1.4 MB");
  });

  it("shows hostile text as text, in HTML as in JSON", async () => {
    const rows = [item({ title: HOSTILE, ownerName: HOSTILE, target: HOSTILE, state: "failed", why: { code: HOSTILE, message: HOSTILE, remedy: HOSTILE } }), item({ title: HOSTILE, losses: [{ field: HOSTILE, change: "dropped", side: "source", reason: "toString" }] })];
    const sink = await written(model(rows, { units: [unit({ ownerName: HOSTILE, target: HOSTILE, blocked: [{ code: HOSTILE, message: HOSTILE, remedy: HOSTILE, containers: [HOSTILE] }] })] }));
    expect(sink.text("report.html")).not.toMatch(/<script|\u202e|\u0000/);
    expect(sink.text("report.html").match(/&#60;script&#62;/g)?.length).toBeGreaterThan(8);
    expect(JSON.parse(sink.text("report.json"))).toMatchObject({ report: { vaultId: "v", kind: "full" }, totals: { seen: 6 }, items: rows });
  });

  it("tells each thing once: what the source does not give and who goes where beside the report's head, not in it", async () => {
    const [gaps, routes] = [[{ workload: "chats", what: "x", source: "y" }], [{ code: "ROUTE_UNMATCHED", message: "m", remedy: "r", owners: ["zoe@x"] }]];
    const { report, ...beside } = JSON.parse((await written(model([], { gaps, routes }))).text("report.json")) as Record<string, object>;
    expect([Object.keys(report ?? {}), beside]).toEqual([["vaultId", "passId", "kind", "startedAt", "endedAt", "complete", "lang"], expect.objectContaining({ gaps, routes })]);
  });

  it("tells what verify found in words", async () => {
    const sink = await written(model([item({ state: "migrated", losses: [], verified: "missing" })]));
    expect(sink.text("report.html")).toContain("migré (absent de la cible)");
    expect(sink.text("report.html")).toContain("seul ce qui a échoué");
  });

  it("streams: failures lead the page however much was converted, and the lists hold all", async () => {
    let live = 0;
    const many = model([], {
      async *items() {
        for (let index = 0; index < 5_000; index += 1) {
          live += 1;
          yield item({ id: String(index), title: index === 4_999 ? "dernier échec" : "converti", state: index === 4_999 ? "failed" : "converted" });
        }
      },
    });
    const sink = await written(many);
    expect(sink.text("report.html")).toContain("dernier échec");
    expect(sink.text("report.html")).toContain("Les 2000 premiers sur 4999 ; items.csv les contient tous.");
    expect((JSON.parse(sink.text("report.json")) as { items: unknown[] }).items).toHaveLength(5_000);
    expect(parse(sink.text("items.csv"), { delimiter: ";", bom: true, columns: true })).toHaveLength(5_000);
    expect(sink.largestWrite).toBeLessThan(10_000);
    expect(live % 5_000).toBe(0);
  });
});

describe("the CSV", () => {
  it("is read back cell by cell, whatever they hold", () => {
    const cells = ["a;b", 'dit "oui"', "deux\nlignes", "é💧", "", 12, -3];
    expect(parse(csvLine(cells), { delimiter: ";" })).toEqual([cells.map(String)]);
  });

  it.each(["=1+1", "+33 1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1+1"])("runs no formula: %j", (text) => {
    expect((parse(csvLine([text]), { delimiter: ";" }) as string[][])[0]?.[0]).toBe(`'${text}`);
  });

  it("starts with a byte order mark and a header", async () => {
    const csv = (await written(model([item({ title: "=cmd|'/c calc'!A0" })]))).text("items.csv");
    expect(csv.startsWith('\ufeff"Propriétaire";"Contenu";"Cible";"Élément";"État";')).toBe(true);
    expect(csv).toContain(`"'=cmd|'/c calc'!A0"`);
  });
});

describe("the audit", () => {
  const rows: AuditRow[] = [
    { ownerName: HOSTILE, workload: "files", target: "webdav", support: "partial", evidence: "own-server", containers: 2, items: 1_234, bytes: 5_000_000, forecast: [{ field: "versions", change: "dropped", side: "target", reason: "files.versions", sure: true, items: 7 }], blockers: [] },
    { ownerName: "paul@commune.example", workload: "mail", target: "imap", support: "native", evidence: "documented", containers: 3, items: 1, forecast: [], blockers: [{ code: "TARGET_DENIED", message: "Refus.", remedy: "Donnez le droit." }] },
  ];

  it("tells what is there, what would be lost and what blocks", async () => {
    const sink = new MemorySink();
    await writeAudit(rows, "fr", sink);
    const html = sink.text("audit.html");
    for (const told of ["Audit (à blanc)", "Une route est bloquée.", "[TARGET_DENIED] Refus.", "Donnez le droit.", "partielle", "essayé sur un serveur à nous", "4,8 Mo", "Les versions antérieures ne sont gardées que dans le coffre"]) expect(html).toContain(told);
    expect(html).toMatch(/Total<\/td>(<td><\/td>){4}<td class="n">5<\/td><td class="n">1\u202f235<\/td>/);
    expect(html).not.toContain("<script");
    expect(JSON.parse(sink.text("audit.json"))).toEqual(JSON.parse(JSON.stringify(rows)));
    expect(parse(sink.text("audit.csv"), { delimiter: ";", bom: true })).toHaveLength(3);
  });

  it("says that nothing blocks", async () => {
    const sink = new MemorySink();
    await writeAudit([], "en", sink);
    expect(sink.text("audit.html")).toContain("Nothing blocks.");
  });
});

describe("the words", () => {
  it("are all there in both languages, and differ", () => {
    const flat = (value: unknown, path: string): [string, unknown][] => (typeof value === "object" && value !== null ? Object.entries(value).flatMap(([name, inner]) => flat(inner, `${path}.${name}`)) : [[path, value]]);
    const [en, fr] = [flat(WORDS.en, ""), flat(WORDS.fr, "")];
    expect(fr.map(([path]) => path)).toEqual(en.map(([path]) => path));
    expect(fr.filter(([, text]) => text === "")).toEqual([]);
  });
});
