import type { KeyLimit } from "../core/governor.js";

/**
 * Where concurrency starts and how far it may grow, by governor key. Outlook documents four requests at once per app and mailbox
 * (concepts/throttling-limits, "Outlook service limits"); SharePoint documents resource units instead of a number of requests, so a drive
 * starts low and grows until it is told to slow down.
 */
export const GOVERNOR_LIMITS: Readonly<Record<string, KeyLimit>> = {
  "": { start: 4, max: 16 },
  graph: { start: 32, max: 128 },
  "graph:mailbox:": { start: 4, max: 4 },
  "graph:drive:": { start: 4, max: 16 },
  // Four requests a second to one team or channel; chats share a limit of the whole tenant ("Microsoft Teams service limits").
  "graph:team:": { start: 2, max: 4 },
  "graph:chats:": { start: 2, max: 8 },
  "target:": { start: 8, max: 64 },
};
