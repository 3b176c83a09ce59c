import type { Fault } from "../../src/sandbox/faults/plan.js";

const always = { times: "always" } as const;
const LISTS = "(/delta|/messages\\?|/events\\?|/children|/lists|/tasks)";

/**
 * Something of everything, all the time; numbers that share no factor, so that everything meets everything. Addresses of files are refused twice for each
 * kind of file: a file refused by three fresh addresses in a row is refused for good, and one out of so few would be by chance.
 */
export const STORM: readonly Fault[] = [
  { ...always, match: "^GET .*skiptoken", every: 2, status: 401, code: "InvalidAuthenticationToken" },
  { ...always, match: "^GET /v1.0/", every: 101, status: 429, code: "TooManyRequests", retryAfter: 0.2 },
  { ...always, match: "^GET /v1.0/", every: 149, status: 429, code: "ApplicationThrottled", retryAfter: 0 },
  { ...always, match: "^GET /v1.0/", every: 199, status: 503, code: "serviceNotAvailable" },
  { ...always, match: "^GET /v1.0/", every: 29, action: "reset" },
  { ...always, match: "^GET /v1.0/", every: 37, action: "truncate" },
  { ...always, match: "^GET /v1.0/", every: 41, action: "html", status: 200 },
  { ...always, match: "^GET /v1.0/", every: 43, status: 500, code: "generalException" },
  { ...always, match: "^GET /v1.0/", every: 13, action: "close" },
  ...["", "txt", "csv", "svg", "bin"].map((kind) => ({ times: 2, match: `^GET /download/content\\.?${kind}\\?`, status: 401, code: "unauthenticated" })),
  { ...always, match: "^GET /download/", every: 5, action: "truncate" },
  { ...always, match: `^GET .*${LISTS}`, every: 3, action: "empty-page" },
  { ...always, match: `^GET .*${LISTS}`, every: 5, action: "twice" },
  { ...always, match: `^GET .*${LISTS}`, every: 7, action: "repeat-link" },
  { ...always, match: "^GET .*/root/delta", every: 2, edits: [{ at: "/value/*/file/hashes" }] },
  { ...always, match: "^GET .*/messages", every: 2, edits: [{ at: "/value/*/from", value: null }] },
];
