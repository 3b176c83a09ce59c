import { randomUUID } from "node:crypto";
import type { WriteStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { GraphRefusal, idsOf, refusalAnswer, send, type Answer, type RequestIds } from "./answers.js";
import { batchAnswer } from "./batch.js";
import { groupCalendarRoutes } from "./calendar/group-routes.js";
import type { FileWarning } from "./calendar/calendar-store.js";
import { calendarRoutes } from "./calendar/routes.js";
import { contactRoutes } from "./contacts/routes.js";
import { devicePage } from "./device-page.js";
import { directoryMoreRoutes } from "./directory-more.js";
import { directoryRoutes } from "./directory.js";
import type { DriveService } from "./drive/routes.js";
import { listRoutes } from "./lists/routes.js";
import { groupMailRoutes } from "./mail/group-routes.js";
import type { FaultPlan, Strike } from "./faults/plan.js";
import { changed, concerns, insteadOf } from "./faults/strike.js";
import { mailRoutes } from "./mail/routes.js";
import { settingsRoutes } from "./mail/settings.js";
import type { Caller, GraphRequest, Route } from "./odata.js";
import { onenoteRoutes } from "./onenote/routes.js";
import { pageRoutes } from "./pages/routes.js";
import { plannerRoutes } from "./planner/routes.js";
import { decoded, type Router } from "./router.js";
import type { SignIn } from "./sign-in.js";
import { siteRoutes } from "./sites.js";
import { teamsRoutes } from "./teams/routes.js";
import type { TenantStore } from "./tenant/store.js";
import { serviceOf } from "./throttle/charges.js";
import type { Throttle } from "./throttle/throttle.js";
import { todoRoutes } from "./todo/routes.js";

/** Every path that the sandbox serves. A new workload joins here. `warn` is told of what a file holds that is not served as it stands. */
export function allRoutes(store: TenantStore, drives: DriveService, warn: FileWarning): Route[] {
  return [
    ...directoryRoutes(store), ...directoryMoreRoutes(store), ...siteRoutes(store), ...mailRoutes(store), ...settingsRoutes(store), ...calendarRoutes(store, warn), ...contactRoutes(store, warn), ...drives.routes(), ...teamsRoutes(store),
    ...groupMailRoutes(store), ...groupCalendarRoutes(), ...todoRoutes(store), ...plannerRoutes(store), ...listRoutes(store), ...pageRoutes(store), ...onenoteRoutes(store),
  ];
}

export interface Service {
  readonly store: TenantStore;
  readonly drives: DriveService;
  readonly signIn: SignIn;
  readonly router: Router;
  readonly throttle: Throttle | undefined;
  readonly faults: FaultPlan;
  readonly log: WriteStream | undefined;
  readonly latencyMs: number;
  /** Requests served so far by "METHOD status". */
  readonly counts: Map<string, number>;
  /** By file of the tenant folder: what it holds that is not served as it stands. Told once the file was read. */
  readonly warnings: Map<string, Set<string>>;
  root(): string;
}

/** Answers one request and writes it to the log. */
export async function serve(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [started, ids] = [performance.now(), idsOf(request)];
  const url = new URL(request.url ?? "/", service.root());
  response.once("close", () => {
    const key = `${request.method ?? ""} ${response.statusCode}`;
    service.counts.set(key, (service.counts.get(key) ?? 0) + 1);
    log(service, { method: request.method ?? "", url, userAgent: request.headers["user-agent"] }, response.statusCode, started, ids);
  });
  const strike = await struck(service, request.method ?? "", url);
  if (strike?.action === "reset") {
    request.socket.destroy();
    return;
  }
  const answer = await answered(strike, url, ids, () => answerTo(service, request, url, ids));
  if (strike?.action === "close") response.once("finish", () => request.socket.end());
  await send(response, answer, ids, strike?.action === "truncate");
}

/** One line a request; those of a batch name it. */
function log(service: Service, { method, url, userAgent }: Pick<GraphRequest, "method" | "url"> & { readonly userAgent?: string | undefined }, status: number, started: number, ids: RequestIds, batch?: string): void {
  service.log?.write(`${JSON.stringify({ time: new Date().toISOString(), method, path: url.pathname, query: url.search, status, ms: Math.round(performance.now() - started), requestId: ids.server, userAgent, batch })}\n`);
}

/** The fault that is due, after the time that it takes. */
async function struck(service: Service, method: string, url: URL): Promise<Strike | undefined> {
  const strike = service.faults.due(method, url);
  if (strike !== undefined && strike.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, strike.delayMs));
  return strike;
}

/** The answer, or what a fault makes of it; never throws. */
async function answered(strike: Strike | undefined, url: URL, ids: RequestIds, work: () => Promise<Answer>): Promise<Answer> {
  const instead = strike === undefined ? undefined : insteadOf(strike, ids);
  if (instead !== undefined && strike?.tells === undefined) return instead;
  try {
    const answer = await work();
    if (strike === undefined || !concerns(strike, answer)) return answer;
    return instead ?? changed(strike, answer, url);
  } catch (thrown) {
    return refusalAnswer(refusalOf(thrown, url.pathname), ids);
  }
}

/** A file that went away since the folder was read is an item that is gone. */
function refusalOf(thrown: unknown, pathname: string): GraphRefusal {
  if (thrown instanceof GraphRefusal) return thrown;
  const gone = (thrown as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
  if (gone) return new GraphRefusal(404, /\/drives?\/|\/download\//.test(pathname) ? "itemNotFound" : "ErrorItemNotFound", "The specified object was not found in the store.");
  return new GraphRefusal(500, "generalException", String(thrown));
}

async function answerTo(service: Service, request: IncomingMessage, url: URL, ids: RequestIds): Promise<Answer> {
  const { signIn, drives } = service;
  const root = service.root();
  const control = await controlled(service, request, url);
  if (control !== undefined) return control;
  const discovery = /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/.exec(url.pathname)?.[1];
  if (discovery !== undefined) return signIn.discovery(root, decoded(discovery));
  const token = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec(url.pathname)?.[1];
  if (token !== undefined && request.method === "POST") return signIn.token(root, decoded(token), new URLSearchParams(await textOf(request)));
  const device = /^\/([^/]+)\/oauth2\/v2\.0\/devicecode$/.exec(url.pathname)?.[1];
  if (device !== undefined && request.method === "POST") return signIn.deviceCode(root, decoded(device), new URLSearchParams(await textOf(request)));
  if (url.pathname === "/device") return devicePage(service.store, signIn.device, request.method === "POST" ? new URLSearchParams(await textOf(request)) : undefined);
  if (url.pathname.startsWith("/download/")) {
    const download = async (): Promise<Answer> => (await drives.download(url.pathname, url.searchParams, request.headers.range)) ?? { status: 404, headers: {}, stream: undefined };
    return admitted(service, url.pathname.slice(1), url.searchParams, { app: url.searchParams.get("a") ?? "" }, download);
  }
  if (!url.pathname.startsWith("/v1.0/")) throw new GraphRefusal(400, "BadRequest", `Invalid version: ${url.pathname.split("/")[1] ?? ""}`);
  const caller = await signIn.caller(root, request.headers.authorization);
  if (caller === undefined) throw new GraphRefusal(401, "InvalidAuthenticationToken", request.headers.authorization === undefined ? "Access token is empty." : "Lifetime validation failed, the token is expired.");
  const [method, headers] = [request.method ?? "", request.headers];
  if (method !== "POST" || decoded(url.pathname) !== "/v1.0/$batch") return graphAnswer(service, { method, url, headers }, caller);
  const answer = async (part: GraphRequest): Promise<Answer> => {
    const [started, own] = [performance.now(), { ...ids, server: randomUUID() }];
    const found = await answered(await struck(service, part.method, part.url), part.url, own, () => graphAnswer(service, part, caller));
    log(service, part, found.status ?? 200, started, own, ids.server);
    return found;
  };
  return batchAnswer(await textOf(request), { root, isOutlook: (path) => serviceOf(belowVersion(path)) === "outlook", answer });
}

/** Answers one request to Graph, alone or in a batch. */
function graphAnswer(service: Service, request: GraphRequest, caller: Caller): Promise<Answer> {
  const { pathname, searchParams } = request.url;
  return admitted(service, belowVersion(pathname), searchParams, caller, () => service.router.answer(request, service.root(), caller));
}

function belowVersion(pathname: string): string {
  return pathname.slice("/v1.0".length).replace(/\/{2,}/g, "/").slice(1);
}

/** Lets a request through the limits and has it take as long as the service would: the work is part of the time, not added to it. */
async function admitted({ throttle, latencyMs }: Service, path: string, query: URLSearchParams, { app, user }: Pick<Caller, "app" | "user">, work: () => Promise<Answer>): Promise<Answer> {
  const admission = throttle?.enter({ path, query, ...(user === undefined ? {} : { user }) }, app);
  try {
    const slow = latencyMs > 0 ? new Promise((resolve) => setTimeout(resolve, latencyMs)) : undefined;
    const [answered] = await Promise.allSettled([work(), slow]);
    if (answered.status === "fulfilled") return withHeaders(answered.value, admission?.headers);
    throw answered.reason instanceof GraphRefusal ? answered.reason.with(admission?.headers ?? {}) : answered.reason;
  } finally {
    admission?.leave();
  }
}

function withHeaders(answer: Answer, headers: Readonly<Record<string, string>> | undefined): Answer {
  return headers === undefined ? answer : { ...answer, headers: { ...headers, ...answer.headers } };
}

/**
 * Control of the sandbox itself, beside Graph and open to whoever reaches loopback: `POST /sandbox/rescan` reads the folder again,
 * `expire-deltas`, `expire-tokens`, `expire-codes` (of devices), `revoke-sign-ins` (refresh tokens) and `expire-downloads` make what was given so far worthless;
 * `GET /sandbox/requests` counts; `GET /sandbox/warnings` tells by file what is not served as it stands.
 */
async function controlled(service: Service, request: IncomingMessage, url: URL): Promise<Answer | undefined> {
  if (!url.pathname.startsWith("/sandbox/")) return undefined;
  const action = `${request.method ?? ""} ${url.pathname.slice("/sandbox/".length)}`;
  switch (action) {
    case "GET requests": return { json: Object.fromEntries(service.counts) };
    case "GET warnings": return { json: Object.fromEntries([...service.warnings].map(([file, reasons]) => [file, [...reasons]])) };
    case "POST rescan": await service.store.rescan(); break;
    case "POST expire-deltas": service.store.expireDeltas(); break;
    case "POST expire-tokens": service.signIn.expireTokens(); break;
    case "POST expire-codes": service.signIn.device.expireCodes(); break;
    case "POST revoke-sign-ins": service.signIn.device.revoke(); break;
    case "POST expire-downloads": service.drives.expireDownloads(); break;
    default: throw new GraphRefusal(404, "UnknownError", action);
  }
  return { json: { done: action.slice("POST ".length) } };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
