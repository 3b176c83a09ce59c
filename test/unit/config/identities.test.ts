import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { checkIdentities } from "../../../src/config/identity-checks.js";
import { kindOf, mergeIdentities } from "../../../src/config/identity-merge.js";
import { cellOf, IdentityMap, readIdentities, readIdentityTable, type IdentityTable } from "../../../src/config/identities.js";
import type { DirectoryPerson } from "../../../src/core/source.js";
import { CSV_START, csvLine } from "../../../src/lib/csv.js";
import { csvRows } from "../../../src/lib/read-csv.js";

let dir = "";
beforeAll(async () => { dir = await mkdtemp(path.join(tmpdir(), "exodus-identities-")); });
afterAll(() => rm(dir, { recursive: true, force: true }));

async function file(content: string | Buffer): Promise<string> {
  const at = path.join(dir, `${Math.random().toString(36).slice(2)}.csv`);
  await writeFile(at, content);
  return at;
}
const person = (name: string, changes: Partial<DirectoryPerson> = {}): DirectoryPerson =>
  ({ id: `id-${name}`, name, displayName: name.split("@")[0] ?? name, addresses: [name], mail: name, enabled: true, guest: false, licensed: true, mailbox: "user", ...changes });
const rowsOf = ({ rows }: IdentityTable): string[][] => rows.map((row) => [cellOf(row, "source"), cellOf(row, "account"), cellOf(row, "kind"), cellOf(row, "found"), cellOf(row, "status")]);

describe("reading a CSV", () => {
  it.each([
    ["with ; and a byte order mark", "\ufeffsource;account\r\n\"a@x\";\"b, c\"\r\n", [["a@x", "b, c"]]],
    ["with , and without", "source,account\na@x,\"b\nc\"\n", [["a@x", "b\nc"]]],
    ["with ; where cells hold commas unquoted, as spreadsheets leave them", "source;account\nDupont, Claire;b\n", [["Dupont, Claire", "b"]]],
    ["with cells that a spreadsheet would run", `source;account\n"'=1+1";"'-x"\n`, [["=1+1", "-x"]]],
    ["with an apostrophe that is the text's own", "source;account\nl'=a;'tis\n", [["l'=a", "'tis"]]],
  ])("%s", async (_name, text, expected) => {
    const rows: string[][] = [];
    for await (const { cells } of csvRows(await file(text))) rows.push([...cells]);
    expect(rows.slice(1)).toEqual(expected);
  });

  it("gives back what was written, whatever it begins with", async () => {
    const cells = ["=HYPERLINK(\"x\")", "+33 6", "-", "@claire", "a;b", "\"quoted\"", "é\u00a0è", ""];
    const rows: string[][] = [];
    for await (const row of csvRows(await file(CSV_START + csvLine(["1", "2"]) + csvLine(cells)))) rows.push([...row.cells]);
    expect(rows[1]).toEqual(cells);
  });

  it("refuses what is no UTF-8 rather than mangling names", async () => {
    await expect(readIdentities(await file(Buffer.from("source;account\nzo\xe9@x;y\n", "latin1")))).rejects.toMatchObject({ code: "CONFIG_IDENTITIES" });
  });
});

describe("the identity map", () => {
  it("gives the account of a target where one is told, else the one for all; guests need none", async () => {
    const map = await readIdentities(await file("source;account;kind;account@salons\nClaire@x;claire;person;@claire:x\nana_y#EXT#@x;;guest;\nluc@x;luc;leaver;\n"));
    expect(["CLAIRE@x", "luc@x", "ana_y#ext#@x", "?"].map((name) => [map.account({ id: `id-${name}`, name }), map.account({ name }, "salons"), map.kind({ name })])).toEqual([["claire", "@claire:x", "person"], ["luc", "luc", "leaver"], [undefined, undefined, "guest"], [undefined, undefined, undefined]]);
  });

  it("knows people by their id, and gives a name's line to nobody else", async () => {
    const map = await readIdentities(await file("source;account;kind;id\njulie.martin@x;jm;leaver;A\npaul@x;p;person;\n"));
    const of = (id: string, name: string): unknown[] => [map.account({ id, name }), map.kind({ id, name }), map.anothers({ id, name })?.line];
    expect(of("A", "julie.petit@x")).toEqual(["jm", "leaver", undefined]);
    expect(of("B", "Julie.Martin@x")).toEqual(["", undefined, 2]);
    expect(of("C", "paul@x")).toEqual(["p", "person", undefined]);
    expect(of("D", "zoe@x")).toEqual([undefined, undefined, undefined]);
    expect([...map.everyone()]).toEqual([{ id: "A", name: "julie.martin@x" }, { name: "paul@x" }]);
  });

  it.each([["source;account\na@x;\n", "2"], ["source;account\na@x;1\nA@X;2\n", "3"], ["source;account;id\na@x;1;I\nb@x;2;I\n", "3"]])("is refused with the line: %j", async (text, line) => {
    await expect(readIdentities(await file(text))).rejects.toMatchObject({ code: "CONFIG_IDENTITIES", params: { line: Number(line) } });
  });

  it("is checked for everything at once", async () => {
    const table = await readIdentityTable(await file([
      "source;account;kind;addresses", "claire@x;claire;person;claire@x | contact@x", "luc@x;Luc;person;luc@x | contact@x", "paul@x;luc;person;", "Paul@x;paul2;person;", "zoe@x;zoe;person;", "zoe@x;zoe2;person;",
      "a@x;partage;person;", "b@x;partage;shared;", "vide@x;;person;", "genre@x;genre;chef;", "ana#EXT#@x;ana;guest;", "personne@x;p;person;", "parti@x;parti;leaver;",
    ].join("\n")));
    const names = new Map(["claire@x", "luc@x", "paul@x", "zoe@x", "a@x", "b@x", "vide@x", "genre@x", "ana#ext#@x", "nouveau@x"].map((name) => [name, { id: `id-${name}`, name, guest: name.includes("#"), person: true }]));
    names.set("equipe@x", { id: "id-equipe@x", name: "equipe@x", guest: false, person: false });
    const findings = checkIdentities({ ...table, rows: table.rows.map((row) => (cellOf(row, "source") === "parti@x" ? { ...row, cells: new Map([...row.cells, ["status", "gone"]]) } : row)) }, [], { names, guests: true });
    expect(findings.map(({ code, sources, note = false }) => [code, sources, note])).toEqual([
      ["IDENTITY_CASE", ["paul@x", "Paul@x"], false], ["IDENTITY_TWICE", ["zoe@x"], false], ["IDENTITY_CASE", ["luc@x", "paul@x"], false], ["IDENTITY_SHARED", ["a@x", "b@x"], false],
      ["IDENTITY_ALIAS", ["claire@x", "luc@x"], false], ["IDENTITY_EMPTY", ["vide@x"], false], ["IDENTITY_KIND", ["genre@x"], false], ["IDENTITY_GUEST", ["ana#EXT#@x"], true],
      ["IDENTITY_UNKNOWN", ["personne@x"], false], ["IDENTITY_MISSING", ["nouveau@x"], false],
    ]);
    expect(checkIdentities(await readIdentityTable(await file("source;account\nclaire@x;c\n")), [], { names, guests: false })).toEqual([]);
  });

  it("is checked for people who meet in one account at one target only, and for columns of no target", async () => {
    const table = await readIdentityTable(await file("source;account;Account@Salons;account@salon\na@x;a;;\nb@x;b;A;\nc@x;c;;\nd@x;c;;\n"));
    expect(checkIdentities(table, ["Salons"]).map(({ code, params, sources }) => [code, sources, params["column"] ?? params["account"] ?? params["sources"]])).toEqual([
      ["IDENTITY_SHARED", ["c@x", "d@x"], "c"], ["IDENTITY_CASE", ["a@x", "b@x"], "a, A"], ["IDENTITY_TARGET", [], "account@salon"],
    ]);
    expect(new IdentityMap(table.rows).account({ name: "b@x" }, "SALONS")).toBe("A");
  });

  it("is checked for lines of one id, and for names that were given to others; who was renamed is not missing", async () => {
    const table = await readIdentityTable(await file("source;account;kind;id\nancien@x;a;person;1\nb@x;b;person;2\nc@x;c;person;2\nnom@x;n;person;3\n"));
    const present = (id: string, name: string): [string, { id: string; name: string; guest: boolean; person: boolean }] => [name, { id, name, guest: false, person: true }];
    const names = new Map([present("1", "nouveau@x"), present("2", "b@x"), present("9", "nom@x")]);
    expect(checkIdentities(table, [], { names, guests: true }).map(({ code, sources }) => [code, sources])).toEqual([["IDENTITY_TWICE", ["b@x", "c@x"]], ["IDENTITY_OTHER", ["nom@x"]], ["IDENTITY_UNKNOWN", ["ancien@x", "c@x"]]]);
  });
});

describe("made again", () => {
  it("keeps edits and the order, finds people by their id, and tells what is new, changed, gone", () => {
    const first = mergeIdentities(undefined, [person("ana@x"), person("luc@x"), person("paul@x"), person("zoe@x", { addresses: ["zoe@x", "maire@x"] })], ["mail"]);
    expect([first.table.columns.at(-1), rowsOf(first.table)[0], first.changes.length]).toEqual(["account@mail", ["ana@x", "ana@x", "person", "person", "new"], 4]);
    const edited: IdentityTable = {
      columns: [...first.table.columns, "service"],
      rows: first.table.rows.map((row) => (cellOf(row, "source") === "zoe@x" ? { ...row, cells: new Map([...row.cells, ["account", "zoe.b"], ["kind", "shared"], ["note", "vu"], ["account@mail", "z"], ["service", "DGS"]]) } : row)).reverse(),
    };
    const again = mergeIdentities(edited, [
      person("zoe.bénard@x", { id: "id-zoe@x", displayName: "zoe", addresses: ["zoe.bénard@x", "zoe@x"] }), person("luc@x", { enabled: false }), person("ana@x"), person("nouveau@x", { mailbox: "shared", enabled: false }),
    ], ["mail"]);
    expect(rowsOf(again.table)).toEqual([
      ["zoe.bénard@x", "zoe.b", "shared", "person", "changed: source, addresses"], ["paul@x", "paul@x", "person", "person", "gone"], ["luc@x", "luc@x", "leaver", "leaver", "changed: found"],
      ["ana@x", "ana@x", "person", "person", ""], ["nouveau@x", "nouveau@x", "shared", "shared", "new"],
    ]);
    expect([...(again.table.rows[0]?.cells ?? [])].filter(([column]) => ["note", "account@mail", "service"].includes(column))).toEqual([["note", "vu"], ["account@mail", "z"], ["service", "DGS"]]);
    expect(again.changes.map(({ source, status }) => `${status} ${source}`)).toEqual(["changed zoe.bénard@x", "gone paul@x", "changed luc@x", "new nouveau@x"]);
    expect(mergeIdentities(again.table, [person("ana@x")], ["mail"]).changes.map(({ source }) => source)).not.toContain("paul@x");
  });

  it("gives a name that was somebody's to its new holder in a line of its own, for a person to settle", () => {
    const first = mergeIdentities(undefined, [person("julie@x", { id: "A", mail: "j@x" })], []).table;
    const { table, changes } = mergeIdentities(first, [person("julie@x", { id: "B" })], []);
    expect(table.rows.map((row) => [cellOf(row, "id"), cellOf(row, "account"), cellOf(row, "status")])).toEqual([["A", "j@x", "gone"], ["B", "julie@x", "new"]]);
    expect(changes.map(({ status }) => status)).toEqual(["gone", "new"]);
    expect(checkIdentities(table, []).map(({ code }) => code)).toEqual(["IDENTITY_TWICE"]);
  });

  it("keeps cells that have no header, under the name of their place, and refuses two columns of one name", async () => {
    const table = await readIdentityTable(await file("source;account;NOTE;\na@x;a;vu;\nb@x;b;;x;y;;\n"));
    expect(table.columns).toEqual(["source", "account", "note", "column 4", "column 5"]);
    const again = mergeIdentities(table, [person("a@x"), person("b@x")], ["Mail"]).table;
    expect(again.columns.slice(-3)).toEqual(["account@mail", "column 4", "column 5"]);
    expect(again.rows.map(({ cells }) => ["note", "column 4", "column 5"].map((column) => cells.get(column)))).toEqual([["vu", "", ""], ["", "x", "y"]]);
    for (const header of ["source;account;note;Note", "source;account;service;service", "source;account;Source", "source;account;account@a;Account@A"]) {
      await expect(readIdentityTable(await file(`${header}\na@x;a;1;2\n`))).rejects.toMatchObject({ code: "CONFIG_IDENTITIES", params: { line: 1 } });
    }
  });

  it("keeps what was found while a mailbox cannot be asked, unless the directory tells otherwise", () => {
    const found = (before: Partial<DirectoryPerson>, now: Partial<DirectoryPerson>): unknown[] => {
      const { table, changes } = mergeIdentities(mergeIdentities(undefined, [person("a@x", before)], []).table, [person("a@x", { mailbox: "unknown", ...now })], []);
      return [...table.rows.map((row) => [cellOf(row, "found"), cellOf(row, "kind")]), changes.length];
    };
    const off = { enabled: false };
    expect(found({ mailbox: "shared", ...off }, off)).toEqual([["shared", "shared"], 0]);
    expect(found({ mailbox: "room" }, {})).toEqual([["room", "room"], 0]);
    expect(found({ mailbox: "none", licensed: false }, { licensed: false })).toEqual([["service", "service"], 0]);
    expect(found(off, off)).toEqual([["leaver", "leaver"], 0]);
    expect(found({}, off)).toEqual([["unknown", "unknown"], 1]);
    expect(found(off, {})).toEqual([["person", "person"], 1]);
  });

  it("suggests an account for a guest who became a member", () => {
    const guest = mergeIdentities(undefined, [person("ana@x", { guest: true, mailbox: "none" })], []).table;
    const { table, changes } = mergeIdentities(guest, [person("ana@x", { mail: "ana.b@x" })], []);
    expect([rowsOf(table), changes.map(({ columns }) => columns), checkIdentities(table, [])]).toEqual([[["ana@x", "ana.b@x", "person", "person", "changed: found, account"]], [["found", "account"]], []]);
    expect(rowsOf(mergeIdentities(guest, [person("ana@x", { guest: true, mailbox: "none" })], []).table)[0]).toEqual(["ana@x", "", "guest", "guest", ""]);
  });

  it("takes over lines of groups and sites", () => {
    const old: IdentityTable = { columns: ["source", "account"], rows: [{ line: 2, cells: new Map([["source", "Equipe@x"], ["account", "equipe"]]) }] };
    const { table, changes } = mergeIdentities(old, [], [], new Set(["equipe@x"]));
    expect([rowsOf(table), changes]).toEqual([[["Equipe@x", "equipe", "", "", ""]], []]);
    expect(mergeIdentities(old, [], []).changes).toEqual([{ source: "Equipe@x", status: "gone", columns: [] }]);
  });

  it("takes over a map of two columns as it is", () => {
    const old: IdentityTable = { columns: ["source", "account"], rows: [{ line: 2, cells: new Map([["source", "Zoe@x"], ["account", "zb"]]) }] };
    const { table, changes } = mergeIdentities(old, [person("zoe@x")], []);
    expect([rowsOf(table), changes]).toEqual([[["zoe@x", "zb", "person", "person", ""]], []]);
  });

  it.each<[string, Partial<DirectoryPerson>]>([
    ["person", {}], ["guest", { guest: true, mailbox: "none" }], ["shared", { mailbox: "shared", enabled: false }], ["room", { mailbox: "equipment" }], ["leaver", { enabled: false }],
    ["unknown", { enabled: false, mailbox: "unknown" }], ["service", { mailbox: "none", licensed: false }], ["person", { mailbox: "none", licensed: false, surname: "Bénard" }],
  ])("takes for %s who is %j", (kind, changes) => expect(kindOf(person("a@x", changes))).toBe(kind));
});
