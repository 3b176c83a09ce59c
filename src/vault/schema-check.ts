import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";

/** What is wrong with a value: where in it, and which rule it breaks; no content of it. Empty when nothing is. */
export interface SchemaCheck {
  header(value: unknown): readonly string[];
  owner(value: unknown): readonly string[];
  sealed(value: unknown): readonly string[];
  erasure(value: unknown): readonly string[];
  line(value: unknown): readonly string[];
}

const SUFFIX = ".schema.json";

/**
 * The published JSON Schemas of a format version (docs/schemas), evaluated by Ajv: the same rules as the program's own, told by documents that
 * anybody has and judged by a validator that the program did not write.
 */
export async function loadSchemas(dir: string): Promise<SchemaCheck> {
  const ajv = new Ajv2020({ allErrors: true, strict: false, logger: false });
  for (const name of await readdir(dir)) {
    if (name.endsWith(SUFFIX)) ajv.addSchema(JSON.parse(await readFile(path.join(dir, name), "utf8")) as object, name);
  }
  const schema = (name: string): ValidateFunction | undefined => ajv.getSchema(`${name}${SUFFIX}`);
  const judge = (name: string, value: unknown): readonly string[] => {
    const validate = schema(name);
    if (validate === undefined) return [`there is no schema "${name}"`];
    return validate(value) === true ? [] : told(validate.errors ?? []);
  };
  return {
    header: (value) => judge("header", value),
    owner: (value) => judge("owner", value),
    sealed: (value) => judge("sealed-file", value),
    erasure: (value) => judge("erasure", value),
    line(value) {
      const whole = judge("journal-line", value);
      return whole.length === 0 ? whole : narrowed(value, whole);
    },
  };

  /** Of a choice between schemas, Ajv tells what is wrong by each of them: only the one that the value names is of interest. */
  function narrowed(value: unknown, whole: readonly string[]): readonly string[] {
    const kind = member(value, "kind");
    if (kind === undefined || schema(kind) === undefined) return ["/kind: is none of the format's"];
    const record = (value as { readonly record?: unknown }).record;
    const type = member(record, "type");
    const lines = judge(kind, value).filter((entry) => !entry.startsWith("/record"));
    const inRecord = kind !== "item" || record === undefined ? []
      : type === undefined || schema(`record-${type}`) === undefined ? ["/record/type: is none of the format's"]
        : judge(`record-${type}`, record).map((entry) => `/record${entry}`);
    const all = [...lines, ...inRecord];
    return all.length > 0 ? all : whole;
  }
}

function member(value: unknown, name: string): string | undefined {
  const found = typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
  return typeof found === "string" ? found : undefined;
}

function told(errors: readonly ErrorObject[]): readonly string[] {
  return errors.map(({ instancePath, message }) => `${instancePath}: ${message ?? "is not valid"}`);
}
