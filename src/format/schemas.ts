import { z } from "zod";
import { ContainerGoneLine, ContainerLine, ItemLine, Line, TombstoneLine } from "./journal.js";
import { NeutralRecord } from "./records.js";
import { ErasureLine, HeaderFile, OwnerFile, SealedLine } from "./vault-files.js";

/** Everything that the format defines, by the name of its schema. Kinds of lines are named as their `kind`, records as `record-<type>`. */
function definitions(): ReadonlyMap<string, z.ZodType> {
  return new Map<string, z.ZodType>([
    ["header", HeaderFile], ["owner", OwnerFile], ["sealed-file", SealedLine], ["erasure", ErasureLine],
    ["journal-line", Line], ["item", ItemLine], ["container", ContainerLine], ["container-gone", ContainerGoneLine], ["tombstone", TombstoneLine],
    ["record", NeutralRecord],
    ...NeutralRecord.options.map((record) => [`record-${record.shape.type.value}`, record] as const),
  ]);
}

/** File of a schema in docs/schemas/v1. */
export function schemaFile(name: string): string {
  return `${name}.schema.json`;
}

/**
 * The format as JSON Schema 2020-12, one document for each definition, which refer to one another by their files' names.
 * They describe what may be read (`io: "input"`): members that the format does not name are let through, as its chapter "Versions" asks.
 */
export function jsonSchemas(): Readonly<Record<string, object>> {
  const registry = z.registry<{ id: string }>();
  for (const [id, definition] of definitions()) registry.add(definition, { id });
  return z.toJSONSchema(registry, { target: "draft-2020-12", io: "input", uri: schemaFile }).schemas;
}
