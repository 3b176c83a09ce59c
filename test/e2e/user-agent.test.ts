import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "@jest/globals";
import { cli, workDir } from "./cli.js";
import { stage } from "./stage.js";

it("every request for content says whose it is, as SharePoint asks: those of downloads too", async () => {
  const staged = await stage(async (tenant) => {
    const home = path.join(tenant, "users/zoe@mairie.example");
    for (const folder of ["mail/Inbox", "drive"]) await mkdir(path.join(home, folder), { recursive: true });
    await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example" }));
    await writeFile(path.join(home, "mail/Inbox/1.eml"), "Subject: Un\r\n\r\nBonjour\r\n");
    await writeFile(path.join(home, "drive/lettre.txt"), "lettre");
  }, (tenant) => ["--log", path.join(tenant, "requests.jsonl")]);
  const work = await workDir(staged.served, {}, { company: "Mairie de Test" });
  try {
    expect((await cli(["migrate", "--config", work.config, "--json"])).code).toBe(0);
    const lines = (await readFile(path.join(staged.tenant, "requests.jsonl"), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as { path: string; userAgent?: string; batch?: string });
    // What comes in a batch is asked for by the batch's own request.
    const content = lines.filter(({ path: asked, batch }) => batch === undefined && /^\/(?:v1\.0|download)\//.test(asked));
    expect(new Set(content.map(({ path: asked }) => asked.split("/")[1]))).toEqual(new Set(["v1.0", "download"]));
    expect(content.filter(({ userAgent }) => !/^NONISV\|Mairie de Test\|o365-exodus\/\d/.test(userAgent ?? ""))).toEqual([]);
  } finally {
    await work.remove();
    await staged.remove();
  }
});
