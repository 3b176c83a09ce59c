import { asRead } from "./as-read.js";

/** Owners by their object ids. */
export const ownerById = asRead((tenant) => new Map([...tenant.owners.values()].map((owner) => [owner.id, owner])));
