import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { buildArchiveIndex } from "../../../adapters/archive/index.js";
import { ArchiveBench, NEVER } from "./bench.js";

let bench: ArchiveBench;
beforeEach(async () => { bench = await ArchiveBench.make(); });
afterEach(() => bench.remove());

async function put(file: string, content: string): Promise<void> {
  await mkdir(path.dirname(bench.at(file)), { recursive: true });
  await writeFile(bench.at(file), content);
}

/** The pages of an owner, joined. */
async function pages(): Promise<string> {
  const names = (await bench.names("_index/users/zoe@mairie.example")).filter((name) => name.endsWith(".html"));
  return (await Promise.all(names.map((name) => bench.text("_index/users/zoe@mairie.example", name)))).join("\n");
}

describe("documents in the offline index", () => {
  it("show title, members, text and links to their files, by container, and nothing of their HTML", async () => {
    const home = "users/zoe@mairie.example";
    const task = { title: "Nid <de> poule", record: { v: 1, type: "task", summary: "Nid", done: false, checklist: [{ title: "Signaler", done: true }, { title: "Reboucher", done: false }], attachments: [] }, files: { "Nid 1.html": "x", "Nid 1.parts/abc.png": "y", "../../dehors": "z" } };
    await put(`${home}/tasks/À faire/Nid 1.json`, JSON.stringify(task));
    await put(`${home}/tasks/À faire/Nid 1.html`, '<p>Rue <b>Haute</b></p><script>alert(1)</script><img src="https://pisteur.example/x.png">');
    await put(`${home}/tasks/À faire/Nid 1.parts/abc.png`, "PNG");
    await put(`${home}/tasks/À faire/Nid 1.parts/joint.json`, "{}");
    await put(`${home}/notes/Carnet/Section/Page 2.json`, JSON.stringify({ title: "Page", record: { v: 1, type: "note-page", tags: [] }, files: {} }));
    await put(`${home}/settings/cassé.json`, "pas du JSON");
    await buildArchiveIndex(bench.at("."), { lang: "fr", signal: NEVER });
    const shown = await pages();
    expect(shown).toContain("Nid &#60;de&#62; poule");
    expect(shown).toContain("Signaler, done; Reboucher");
    expect(shown).toContain("Rue Haute");
    expect(shown).toContain("Nid%201.parts/abc.png");
    expect(shown).toContain("Carnet / Section");
    expect(["<script", "pisteur", "dehors", "joint.json"].filter((text) => shown.includes(text))).toEqual([]);
    expect(await bench.text("index.html")).toContain("Tâches");
  });
});
