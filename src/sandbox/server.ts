import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { finished } from "node:stream/promises";
import { ExodusError } from "../core/errors.js";
import { Edition, type Cloud } from "./clouds/edition.js";
import { DriveService } from "./drive/routes.js";
import { FaultPlan } from "./faults/plan.js";
import { delegatedAccess } from "./delegated-access.js";
import { accessOf } from "./mailbox-access.js";
import { opensSelected, siteAlias } from "./sites.js";
import { makePki } from "./pki.js";
import { Router } from "./router.js";
import { allRoutes, serve, type Service } from "./service.js";
import { SignIn } from "./sign-in.js";
import { TenantStore } from "./tenant/store.js";
import { Throttle } from "./throttle/throttle.js";

export interface SandboxOptions {
  /** Tenant folder; its layout is in `fixtures/README.md`. */
  readonly tenantDir: string;
  /** A free one when absent or 0. */
  readonly port?: number;
  /** Delay of every Graph answer in milliseconds. */
  readonly latencyMs?: number;
  /** Receives one JSON line a request: time, method, path, query, status, ms, requestId, and who says to be asking (`userAgent`). */
  readonly logFile?: string;
  readonly cloud?: Cloud;
  /** What the served cloud lacks beside, each "type.property" ("message.categories") or "type.path" ("user.chats"). */
  readonly lacks?: readonly string[];
  /** Enforce the published limits; `strict`: with Outlook's four requests at once for all mailboxes of an app together. */
  readonly throttle?: ThrottleMode;
  /** Shortens the limits' windows and what they allow alike (0 to 1), so that they bind in a short test. */
  readonly throttleScale?: number;
  /** JSON list of `Fault`. */
  readonly faultsFile?: string;
  /** Page size of requests that ask for none; each collection's own when absent. */
  readonly pageSize?: number;
  /** Rows of a page at most where a client only prefers a size (`Prefer: odata.maxpagesize`), as a service may decide. */
  readonly pageMost?: number;
  /** Life of a delta token in milliseconds; endless when absent. */
  readonly tokenLifetimeMs?: number;
}

export type ThrottleMode = "documented" | "strict" | "none";

/** The line that `o365-exodus sandbox` prints when it is ready. `graph` and `authority` are roots, without version or tenant. */
export interface Ready {
  readonly ready: true;
  readonly graph: string;
  readonly authority: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly caFile: string;
  /** The application may sign in with this certificate and key as well as with its secret. */
  readonly certificateFile: string;
  readonly privateKeyFile: string;
}

export interface Sandbox {
  readonly ready: Ready;
  /** Reads the tenant folder again: what changed there becomes visible to deltas. */
  rescan(): Promise<void>;
  /** Every delta token given so far is answered with 410. */
  expireDeltas(): void;
  /** A token of a user who signed in, by object id, with every delegated permission. */
  delegatedToken(user: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Serves a tenant folder as Microsoft sign-in and Graph v1.0, over https on loopback with a certificate authority of its own.
 * @throws ExodusError SANDBOX_FAILED when the folder, the faults or the port are not usable.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { tenantDir, logFile, pageSize, pageMost, tokenLifetimeMs } = options;
  const faults = await FaultPlan.load(options.faultsFile);
  const store = await TenantStore.load(tenantDir);
  const pki = await makePki();
  let root = "";
  const drives = new DriveService(store, () => root);
  const limits = { ...(pageSize === undefined ? {} : { pageSize }), ...(pageMost === undefined ? {} : { pageMost }), ...(tokenLifetimeMs === undefined ? {} : { tokenLifetimeMs }) };
  const warnings = new Map<string, Set<string>>();
  const warn = (file: string, reason: string): void => void warnings.set(file, (warnings.get(file) ?? new Set()).add(reason));
  const service: Service = {
    store, drives, faults, warnings, counts: new Map(), latencyMs: options.latencyMs ?? 0, root: () => root,
    log: logFile === undefined ? undefined : createWriteStream(logFile, { flags: "a" }),
    signIn: new SignIn(store, pki.applicationCertificatePem),
    router: new Router(allRoutes(store, drives, warn), { ...limits, access: accessOf(store), delegated: delegatedAccess(store), edition: new Edition(options.cloud, options.lacks), selected: (held, needed, params) => opensSelected(store, held, needed, params), alias: (path) => drives.alias(siteAlias(store, path)) }),
    throttle: throttleOf(options, store),
  };
  const server = createServer({ key: pki.serverKeyPem, cert: pki.serverCertificatePem, keepAliveTimeout: 30_000 }, (request, response) => {
    serve(service, request, response).catch((thrown: unknown) => response.destroy(thrown instanceof Error ? thrown : undefined));
  });
  try {
    server.listen(options.port ?? 0, "127.0.0.1");
    await once(server, "listening");
  } catch (cause) {
    await rm(pki.dir, { recursive: true, force: true });
    throw new ExodusError("SANDBOX_FAILED", { params: { tenant: tenantDir, reason: String(cause) }, cause });
  }
  root = `https://localhost:${(server.address() as AddressInfo).port}`;
  const { clientId, clientSecret } = service.signIn;
  return {
    ready: {
      ready: true, graph: root, authority: root, tenantId: store.tenantId, clientId, clientSecret, caFile: pki.caFile,
      certificateFile: pki.applicationCertificateFile, privateKeyFile: pki.applicationKeyFile,
    },
    rescan: () => store.rescan(),
    expireDeltas: () => store.expireDeltas(),
    delegatedToken: (user) => service.signIn.delegated(root, user),
    async close() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await endLog(service.log);
      await rm(pki.dir, { recursive: true, force: true });
    },
  };
}

function throttleOf({ throttle = "none", throttleScale }: SandboxOptions, store: TenantStore): Throttle | undefined {
  if (throttle === "none") return undefined;
  return new Throttle(store.tenantId, () => store, { strict: throttle === "strict", ...(throttleScale === undefined ? {} : { scale: throttleScale }) });
}

async function endLog(log: WriteStream | undefined): Promise<void> {
  if (log === undefined) return;
  log.end();
  await finished(log);
}
