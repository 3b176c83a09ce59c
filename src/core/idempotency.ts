import { createHash } from "node:crypto";
import type { ItemKey } from "./item.js";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * Name of an item at every target: the first 160 bits of SHA-256 over vault, workload, owner and source id, in RFC 4648 base32
 * (32 lower-case characters). Not over the version, so that an update hits the same object.
 */
export function idempotencyKey(vaultId: string, key: ItemKey): string {
  const hash = createHash("sha256").update([vaultId, key.workload, key.owner, key.id].join("\n")).digest().subarray(0, 20);
  let text = "";
  for (let group = 0; group < 4; group += 1) {
    let bits = 0n;
    for (const byte of hash.subarray(group * 5, group * 5 + 5)) bits = (bits << 8n) | BigInt(byte);
    for (let shift = 35n; shift >= 0n; shift -= 5n) text += BASE32[Number((bits >> shift) & 31n)];
  }
  return text;
}
