// Peak resident memory of the program for one file of so many bytes, in a heap of 96 MB: read into a vault, and from there to a WebDAV server (Apache's mod_dav), to an emulated Whaller and an emulated Wimi, and read back.
// Usage: npm run build && node bench/big-file.js 3000000000 [target …]      (webdav, whaller, wimi; all unless told. Takes twice the size on the disk, three times while it is read; DIR: the folder, else the system's
// for temporary files; HEAP: megabytes. WebDAV needs fixtures/servers/apache install)
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { emulator } from "./emulated.js";

const program = fileURLToPath(new URL("../bin/o365-exodus.js", import.meta.url));
const apache = fileURLToPath(new URL("../fixtures/servers/apache", import.meta.url));
const [bytes = 3_000_000_000, ...asked] = process.argv.slice(2).map((word) => (Number(word) > 0 ? Number(word) : word));
const flags = [`--max-old-space-size=${process.env.HEAP ?? 96}`];
const secrets = { PASSWORD: "secret", WHALLER_TOKEN: "token", WHALLER_PASSWORD: "secret", WIMI_APP_TOKEN: "token" };

/** Runs it and tells its exit code, its peak (VmHWM, proc(5)) and what became of the file. */
async function measured(args) {
  const started = Date.now();
  const child = spawn(process.execPath, [...flags, program, ...args, "--json", "--quiet"], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...secrets } });
  let [peak, told, said] = [0, "", ""];
  child.stderr.on("data", (chunk) => { said += chunk; });
  child.stdout.on("data", (chunk) => { told += chunk; });
  const timer = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
  }, 50);
  const code = await new Promise((resolve) => child.once("close", resolve));
  clearInterval(timer);
  if (code !== 0) console.error(said);
  const lines = told.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  const { counts = {}, verified = {} } = lines.filter(({ type }) => type === "summary").at(-1) ?? {};
  const failure = lines.find(({ type, state }) => type === "item" && state === "failed")?.failure;
  const some = (numbers) => Object.fromEntries(Object.entries(numbers).filter(([, number]) => number > 0));
  return { code, peakMB: Math.round(peak / 1024), seconds: Math.round((Date.now() - started) / 1000), ...some(counts), ...some(verified), ...(failure === undefined ? {} : { failure: failure.code, ...failure.params }) };
}

async function sha256(file) {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(piece);
  return hash.digest("hex");
}

/** The only file of any size below a folder. */
async function largest(dir) {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const sizes = await Promise.all(files.map(async (file) => ({ file, size: (await stat(file)).size })));
  return biggest(sizes)?.file;
}

function biggest(files) {
  return files.toSorted((one, other) => other.size - one.size)[0];
}

/** Where it goes, and how the hash of what stands there is told by other means than the program. */
const TARGETS = {
  async webdav({ account, dir }) {
    const root = path.join(dir, "servers");
    await mkdir(root);
    // The server runs as another user.
    await chmod(dir, 0o755);
    const port = "23080";
    const verb = (word) => spawnSync(apache, [word], { encoding: "utf8", env: { ...process.env, EXODUS_SERVERS_DIR: root, EXODUS_APACHE_PORT: port, EXODUS_APACHE_ACCOUNTS: account } });
    const started = verb("start");
    if (started.status !== 0) throw new Error(started.stderr);
    return {
      options: { adapter: "webdav", url: `http://127.0.0.1:${port}/dav/{account}/`, password: "env:PASSWORD" },
      standing: async () => {
        const file = await largest(path.join(root, "apache/data/dav"));
        return file === undefined ? undefined : { size: (await stat(file)).size, sha256: await sha256(file) };
      },
      stop: () => Promise.resolve(verb("stop")),
    };
  },
  async whaller({ account, dir }) {
    const { EmulatedWhaller } = await emulator("whaller", path.join(dir, "emulators"));
    const server = new EmulatedWhaller({ clientId: "commune", clientToken: secrets.WHALLER_TOKEN }, { login: "reprise", password: secrets.WHALLER_PASSWORD }, { s1: "Sphère" });
    await server.start();
    return {
      options: { adapter: "whaller", url: server.url, clientId: "commune", clientToken: "env:WHALLER_TOKEN", login: "reprise", password: "env:WHALLER_PASSWORD", untried: true, spheres: { [account]: "s1" } },
      standing: () => Promise.resolve(biggest(server.store.cloudFiles)),
      stop: () => server.stop(),
    };
  },
  async wimi({ account, dir }) {
    const { EmulatedWimi } = await emulator("wimi", path.join(dir, "emulators"));
    const server = new EmulatedWimi({ account: "commune", login: "reprise", password: secrets.PASSWORD, appToken: secrets.WIMI_APP_TOKEN });
    await server.start();
    return {
      options: {
        adapter: "wimi", url: server.url, filesUrl: server.filesUrl, account: "commune", user: "reprise", password: "env:PASSWORD", appToken: "env:WIMI_APP_TOKEN", untried: true,
        projects: { [account]: server.store.addProject("Reprise") },
      },
      standing: () => Promise.resolve(biggest([...server.store.files.values()])),
      stop: () => server.stop(),
      // Of large files the emulator keeps the hash alone.
      reads: false,
    };
  },
};

async function source(dir) {
  const tenant = path.join(dir, "tenant");
  const generated = spawnSync(process.execPath, [program, "sandbox", "generate", "--users", "1", "--messages", "0", "--files", "0", "--big-file-bytes", String(bytes), "--out", tenant], { stdio: ["ignore", "ignore", "inherit"] });
  if (generated.status !== 0) throw new Error("no tenant");
  const [account] = await readdir(path.join(tenant, "users"));
  // Comes first: where a target's first file is read back, an emulator that keeps a large one's hash alone could not give it.
  await writeFile(path.join(tenant, "users", account, "drive/0.txt"), "small");
  const wanted = await sha256(await largest(path.join(tenant, "users")));
  const sandbox = spawn(process.execPath, [program, "sandbox", "--tenant", tenant], { stdio: ["ignore", "pipe", "inherit"] });
  const ready = JSON.parse(await new Promise((resolve) => createInterface({ input: sandbox.stdout }).once("line", resolve)));
  await writeFile(path.join(dir, "secret"), ready.clientSecret);
  const config = { source: { tenantId: ready.tenantId, clientId: ready.clientId, clientSecret: "file:secret", graph: ready.graph, authority: ready.authority, pace: "none" }, tls: { caFile: ready.caFile } };
  // Another target than those that are measured: nothing is written to it.
  await writeFile(path.join(dir, "pull.yaml"), JSON.stringify({ version: 1, ...config, vault: { path: "vault" }, targets: { nowhere: { adapter: "archive", path: "nowhere" } }, routes: [{ workload: "files", to: "nowhere" }] }));
  console.log(JSON.stringify({ step: "pull", bytes, ...(await measured(["pull", "--config", path.join(dir, "pull.yaml")])) }));
  sandbox.kill();
  await rm(tenant, { recursive: true });
  return { account, wanted };
}

const dir = await mkdtemp(path.join(process.env.DIR ?? tmpdir(), "exodus-bench-"));
let failed = false;
try {
  const { account, wanted } = await source(dir);
  for (const name of asked.length > 0 ? asked : Object.keys(TARGETS)) {
    const { options, standing, stop, reads } = await TARGETS[name]({ account, dir });
    try {
      const config = path.join(dir, `${name}.yaml`);
      await writeFile(config, JSON.stringify({ version: 1, vault: { path: "vault" }, targets: { [name]: options }, routes: [{ workload: "files", to: name }] }));
      const pushed = await measured(["push", "--config", config]);
      const found = await standing();
      const whole = found?.size === bytes && found.sha256 === wanted;
      // A target that knows its limit is sent nothing, and the file is accounted for by name.
      failed ||= !whole && pushed.failure !== "ITEM_TOO_LARGE";
      console.log(JSON.stringify({ step: "push", target: name, bytes, ...pushed, standing: found?.size ?? null, sha256: found?.sha256 ?? null, whole }));
      if (reads !== false) console.log(JSON.stringify({ step: "verify", target: name, bytes, ...(await measured(["verify", "--config", config])) }));
    } finally {
      await stop();
      await rm(path.join(dir, "servers"), { recursive: true, force: true });
    }
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
