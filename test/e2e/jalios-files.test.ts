import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { JaliosWebDav } from "../emulators/jalios/webdav.js";
import { freePort } from "../free-port.js";
import { ownFolder, startOwn } from "../own-servers.js";
import { cli, ROOT, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { difference } from "./compare.js";
import { tenantFiles } from "./gofast-servers.js";
import { killRuns } from "./kills.js";
import { logWrites } from "./server-logs.js";
import { stage, type Stage } from "./stage.js";
import { readback } from "./target-servers.js";

const KILLS = 3;
const TREE = "/webdav/Espaces/Reprise";
/** Names with signs that the platform drops, or extensions that it renames, as the tenant folder spells them. */
const HARD = ["L'eau & le feu.docx", "100%25 sûr.txt", "a=b!.csv", "page.html", "Logo.SVG", "flux.xml", "LISEZ-MOI", "Dossier d'été & Cie/script.js", "sans extension/ＡＢ.txt"];
process.env["EXODUS_TEST_FILES"] = "secret";

const root = await ownFolder("jalios");
const owners = await readdir(path.join(ROOT, "fixtures/tenant/users"));
const port = await freePort();
const servers = await startOwn(root, ["apache"], { EXODUS_APACHE_PORT: String(port), EXODUS_APACHE_ACCOUNTS: owners.join(" ") });

/** Files of the tenant without an extension, as they are written: "Relevés.bin" has its own. */
const BARE = /(^|\/)(LISEZ-MOI|Fin．)\.bin$/;

/** A name as people would read it: what follows an extension that the platform would rename goes, and wide signs are the signs themselves (but one that no path holds). */
function asRead(line: string): string {
  const [owner, kind, place, ...rest] = JSON.parse(line) as [string, string, string, ...unknown[]];
  const bare = place.replace(/(\.(?:jsp[xf]?|html?|shtml|body|jsv?|xml|xhtml|xsd))\.txt$/i, "$1").replace(/(\.(?:swf|svgz?))\.bin$/i, "$1").replace(BARE, "$1$2");
  const narrow = (wide: string): string => (wide === "／" ? "%2F" : String.fromCodePoint((wide.codePointAt(0) ?? 0) - 0xfee0));
  return JSON.stringify([owner, kind, bare.replace(/\u201b([\uff01-\uff5e])|([\uff01-\uff5e])/g, (_, kept: string | undefined, wide: string) => kept ?? narrow(wide)), ...rest]);
}

(servers === undefined ? describe.skip : describe)("the files of the default tenant to a JPlatform (Apache in the manner of its WebDAV)", () => {
  const front = new JaliosWebDav(new URL(`http://127.0.0.1:${port}`), TREE, "/dav");
  let staged: Stage;
  let work: WorkDir;

  const migrate = (): Promise<Ended> => cli(["migrate", "--config", work.config, "--json"]);
  const writes = logWrites([path.join(root, "apache/run/requests")]);
  /** Read from Apache itself. */
  const compared = (): { missing: string[]; extra: string[] } => {
    const [wanted, found] = [tenantFiles(staged.tenant), readback(["files", String(port), path.join(root, "apache/data/dav"), ...owners]).map(asRead)];
    return { missing: difference(wanted, found), extra: difference(found, wanted) };
  };

  beforeAll(async () => {
    await front.start();
    staged = await stage(async (tenant) => {
      await cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true });
      for (const name of HARD) {
        const file = path.join(tenant, "users", owners[0] ?? "", "drive", name);
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, `contenu de ${name}`);
      }
    });
    work = await workDir(staged.served, {
      lang: "fr", routes: [{ workload: "files", to: "plateforme", owners }],
      targets: { plateforme: { adapter: "jalios", untried: true, webdav: { url: `${front.url}/{account}`, password: "env:EXODUS_TEST_FILES", probe: owners[0] } } },
    });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
    await front.stop();
    await servers?.close();
  });

  it("are told what is lost before anything is written", async () => {
    expect((await cli(["doctor", "--config", work.config])).code).toBe(0);
    const audit = await cli(["audit", "--config", work.config, "--json"]);
    expect([audit.code, audit.stdout.includes("files.name"), await writes()]).toEqual([0, true, []]);
  });

  it("arrive whole and once, byte for byte, though killed at random moments, and no name is one that the platform would change", async () => {
    const kills = await killRuns(work.config, { kills: KILLS, most: 12 });
    const last = await migrate();
    const { seen, counts } = summary(last.stdout);
    expect({ kills, code: last.code, failed: counts["failed"], pending: counts["pending"], ...compared(), altered: front.altered }).toEqual({ kills: KILLS, code: 0, failed: 0, pending: 0, missing: [], extra: [], altered: [] });
    const verified = await cli(["verify", "--config", work.config, "--json"]);
    expect(summary(verified.stdout).verified).toEqual({ same: seen - (counts["skipped"] ?? 0), different: 0, missing: 0, unverifiable: 0 });
  });

  it("are not written again when nothing changed, and a changed one once", async () => {
    await writes();
    expect([(await migrate()).code, await writes()]).toEqual([0, []]);
    await writeFile(path.join(staged.tenant, "users", owners[0] ?? "", "drive", "page.html"), "autre contenu, plus long");
    await staged.served.control("rescan");
    expect([(await migrate()).code, compared(), front.altered]).toEqual([0, { missing: [], extra: [] }, []]);
  });
});
