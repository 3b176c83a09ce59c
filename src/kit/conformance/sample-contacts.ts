import { randomUUID } from "node:crypto";
import type { Item } from "../../core/item.js";
import type { ContactRecord } from "../../format/records.js";
import type { MemoryBlobs } from "./harness.js";
import { sampleItem, type Samples } from "./sample-item.js";

/** A JPEG of one grey pixel would do for a photo; servers do not look inside: these bytes are only long enough to need folding. */
const PHOTO = Buffer.from(Array.from({ length: 3_000 }, (_, index) => index % 251)).toString("base64");

const newUid = (): string => `urn:uuid:${randomUUID()}`;

export function contactSamples(blobs: MemoryBlobs): Samples {
  const make = (uid: string, displayName: string, lines: readonly string[] = [], id?: string): Item => {
    const record: ContactRecord = { v: 1, type: "contact", uid, displayName, hasPhoto: lines.some((line) => line.startsWith("PHOTO")) };
    return sampleItem("contacts", displayName, record, blobs.add(card(uid, displayName, lines), ".vcf"), id);
  };
  return {
    plain: (serial) => make(newUid(), `Contact ${serial}`, [`EMAIL;TYPE=work:contact${serial}@commune.example`]),
    rich: () => [
      { name: "a photo", item: make(newUid(), "Zoé Müller", [folded(`PHOTO:data:image/jpeg;base64,${PHOTO}`)]) },
      { name: "addresses, telephones, birthday, note", item: make(newUid(), "Élodie d'Aÿ", ["TEL;TYPE=cell;VALUE=uri:tel:+33-6-00-00-00-00", "ADR;TYPE=work:;;1 place de la Mairie;Saint-Ay;;45130;France", "BDAY:19790228", "ORG:Commune;Service d'état civil", "NOTE:ligne 1\\nligne 2\\, suite"]) },
      { name: "no name", item: make(newUid(), "") },
      { name: "an UID with characters that no address may hold as they are", item: make(`a/b?c#d%25 é ${newUid()}`, "UID hostile") },
    ],
    changed: (item) => make((item.record as ContactRecord).uid, "Nom changé", ["TEL:+33100000000"], item.key.id),
    restated: () => undefined,
    twin: (item) => make(newUid(), item.title),
    sized: (bytes) => make(newUid(), "Longue note", [folded(`NOTE:${"a".repeat(bytes)}`)]),
    empty: () => undefined,
  };
}

function card(uid: string, displayName: string, lines: readonly string[]): string {
  return ["BEGIN:VCARD", "VERSION:4.0", `UID:${uid}`, `FN:${displayName}`, `N:${displayName};;;;`, ...lines, "END:VCARD", ""].join("\r\n");
}

/** Folds an ASCII line at 75 octets (RFC 6350 §3.2). */
function folded(line: string): string {
  return (line.match(/.{1,74}/g) ?? []).join("\r\n ");
}
