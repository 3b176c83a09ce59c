import { z } from "zod";

/** Names and addresses of this machine alone: RFC 6761 section 6.3, RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3. */
const LOOPBACK = /^(?:127(?:\.\d+){3}|\[::1\]|(?:.+\.)?localhost)$/;

/** Address of a server to which passwords or tokens go: in clear text on this machine only. Places to fill (`{account}`) may stand in it. */
export const webAddress = z.string().refine(isSafe, "an address starts with https:// (or http:// on loopback)");

/** An address below which others stand, though its last stroke was left out. */
export function folderUrl(address: string): URL {
  return new URL(address.endsWith("/") ? address : `${address}/`);
}

function isSafe(address: string): boolean {
  if (!/^https?:\/\//.test(address)) return false;
  if (address.startsWith("https:")) return true;
  const filled = address.replace(/\{\w+\}/g, "x");
  return URL.canParse(filled) && LOOPBACK.test(new URL(filled).hostname);
}
