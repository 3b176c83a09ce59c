import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { GraphRefusal, refusalAnswer, send, type Answer } from "./answers.js";
import { calendarRoutes } from "./calendar/routes.js";
import { contactRoutes } from "./contacts/routes.js";
import { directoryRoutes } from "./directory.js";
import { DriveService } from "./drive/routes.js";
import { Faults, type Fault } from "./faults.js";
import { mailRoutes } from "./mail/routes.js";
import { makePki } from "./pki.js";
import { Router } from "./router.js";
import { SignIn } from "./sign-in.js";
import { TenantStore } from "./tenant/store.js";
import { Throttle } from "./throttle.js";

export interface SandboxOptions {
  readonly tenantDir: string;
  readonly port?: number;
  /** Delay of every answer in milliseconds. */
  readonly latencyMs?: number;
  /** Receives one JSON line a request: time, method, path, status. */
  readonly logFile?: string;
  readonly cloud?: "global" | "bleu";
  readonly throttle?: "documented" | "none";
  /** JSON list of `Fault`. */
  readonly faultsFile?: string;
}

/** The line that `o365-exodus sandbox` prints when it is ready. */
export interface Ready {
  readonly ready: true;
  readonly graph: string;
  readonly authority: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly caFile: string;
  readonly certificateFile: string;
  readonly privateKeyFile: string;
}

export interface Sandbox {
  readonly ready: Ready;
  /** Reads the tenant folder again: what changed there becomes visible to deltas. */
  rescan(): Promise<void>;
  /** Every delta token given so far is answered with 410. */
  expireDeltas(): void;
  close(): Promise<void>;
}

/** Serves a tenant folder as Microsoft sign-in and Graph v1.0, over https on loopback with a certificate authority of its own. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const [pki, store] = [await makePki(), await TenantStore.load(options.tenantDir)];
  const log = options.logFile === undefined ? undefined : createWriteStream(options.logFile, { flags: "a" });
  let root = "";
  const drives = new DriveService(store, () => root);
  const service: Service = {
    store, drives, log, options, signIn: new SignIn(store, pki.applicationCertificatePem), root: () => root,
    router: new Router([...directoryRoutes(store), ...mailRoutes(store), ...calendarRoutes(store, options.cloud ?? "global"), ...contactRoutes(store), ...drives.routes()]),
    throttle: options.throttle === "documented" ? new Throttle() : undefined,
    faults: new Faults(options.faultsFile === undefined ? [] : (JSON.parse(await readFile(options.faultsFile, "utf8")) as Fault[])),
  };
  const server = createServer({ key: pki.serverKeyPem, cert: pki.serverCertificatePem, keepAliveTimeout: 30_000 }, (request, response) => {
    serve(service, request, response).catch((thrown: unknown) => response.destroy(thrown instanceof Error ? thrown : undefined));
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  root = `https://localhost:${(server.address() as AddressInfo).port}`;
  const { signIn } = service;
  return {
    ready: {
      ready: true, graph: root, authority: root, tenantId: store.tenantId, clientId: signIn.clientId, clientSecret: signIn.clientSecret, caFile: pki.caFile,
      certificateFile: pki.applicationCertificateFile, privateKeyFile: pki.applicationKeyFile,
    },
    rescan: () => store.rescan(),
    expireDeltas: () => { store.expiredBefore = store.seq + 1; },
    async close() {
      server.closeAllConnections();
      server.close();
      log?.end();
      await rm(pki.dir, { recursive: true, force: true });
    },
  };
}

interface Service {
  readonly store: TenantStore;
  readonly drives: DriveService;
  readonly log: WriteStream | undefined;
  readonly options: SandboxOptions;
  readonly signIn: SignIn;
  readonly router: Router;
  readonly throttle: Throttle | undefined;
  readonly faults: Faults;
  root(): string;
}

async function serve(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", service.root());
  const { latencyMs = 0 } = service.options;
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
  response.once("close", () => {
    service.log?.write(`${JSON.stringify({ time: new Date().toISOString(), method: request.method, path: url.pathname, query: url.search, status: response.statusCode })}\n`);
  });
  if (await service.faults.strike(request, response, url)) return;
  let answer: Answer;
  try {
    answer = await answerTo(service, request, url);
  } catch (thrown) {
    answer = refusalAnswer(thrown instanceof GraphRefusal ? thrown : new GraphRefusal(500, "generalException", String(thrown)));
  }
  await send(request, response, service.faults.truncate(request, url) ? cut(answer) : answer);
}

async function answerTo(service: Service, request: IncomingMessage, url: URL): Promise<Answer> {
  const control = await controlled(service, request, url);
  if (control !== undefined) return control;
  const signIn = /^\/([^/]+)\/(?:v2\.0\/\.well-known\/openid-configuration|oauth2\/v2\.0\/token)$/.exec(url.pathname);
  if (signIn !== null) {
    const tenant = decodeURIComponent(signIn[1] ?? "");
    return url.pathname.endsWith("/token") ? service.signIn.token(service.root(), tenant, new URLSearchParams(await textOf(request))) : service.signIn.discovery(service.root(), tenant);
  }
  const download = await service.drives.download(url.pathname, url.searchParams, request.headers.range);
  if (download !== undefined) return download;
  if (!url.pathname.startsWith("/v1.0/")) throw new GraphRefusal(404, "UnknownError", "");
  const roles = await service.signIn.roles(service.root(), request.headers.authorization);
  if (roles === undefined) throw new GraphRefusal(401, "InvalidAuthenticationToken", "Access token is empty, has expired or is not yet valid.");
  const done = service.throttle?.enter(url.pathname);
  try {
    return await service.router.answer(request, url, service.root(), roles);
  } finally {
    done?.();
  }
}

/** Control of the sandbox itself, beside Graph: `POST /sandbox/{rescan,expire-deltas,expire-tokens}`. */
async function controlled(service: Service, request: IncomingMessage, url: URL): Promise<Answer | undefined> {
  if (request.method !== "POST" || !url.pathname.startsWith("/sandbox/")) return undefined;
  const action = url.pathname.slice("/sandbox/".length);
  if (action === "rescan") await service.store.rescan();
  else if (action === "expire-deltas") service.store.expiredBefore = service.store.seq + 1;
  else if (action === "expire-tokens") service.signIn.expireTokens();
  else throw new GraphRefusal(404, "UnknownError", action);
  return { json: { done: action } };
}

/** Announces the whole length and stops in the middle. */
function cut(answer: Answer): Answer {
  if ("json" in answer || answer.stream === undefined) return answer;
  const { stream } = answer;
  return {
    ...answer,
    stream: (async function* half() {
      for await (const chunk of stream) {
        yield chunk.subarray(0, Math.max(1, chunk.length >> 1));
        throw new GraphRefusal(500, "truncated", "");
      }
    })(),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
