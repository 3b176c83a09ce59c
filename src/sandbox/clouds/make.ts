import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { XMLParser } from "fast-xml-parser";
import { LEAVES, TYPES } from "./metadata.js";

/** Schemas of microsoftgraph/msgraph-metadata: one for both clouds of the American government ("Fairfax"), "Mooncake" for China. */
const SCHEMAS = { usGovernment: "Fairfax", china: "Mooncake", bleu: "Bleu", delos: "Delos", govsg: "GovSG" } as const;

interface Entry {
  readonly base: string;
  /** Type of each property, "" for a plain one, "*" behind it for a collection. */
  readonly members: ReadonlyMap<string, string>;
}

interface Schema {
  readonly sets: ReadonlyMap<string, string>;
  readonly types: ReadonlyMap<string, Entry>;
}

type Node = Readonly<Record<string, unknown>>;

const list = (value: unknown): readonly Node[] => (value === undefined ? [] : [value].flat() as Node[]);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const plain = (type: string): string => type.replace(/^Collection\((.*)\)$/, "$1").replace(/^(?:microsoft\.)?graph\./, "");
const written = (type: string): string => (type.startsWith("Edm.") || type.startsWith("Collection(Edm.") ? "" : `${plain(type)}${type.startsWith("Collection(") ? "*" : ""}`);

/** Entity and complex types with their members; a bound function is a member named "delta()". */
async function read(file: string): Promise<Schema> {
  const xml = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "" }).parse(await readFile(file, "utf8")) as Node;
  const schemas = list(((xml["edmx:Edmx"] as Node)["edmx:DataServices"] as Node)["Schema"]).filter(({ Namespace }) => Namespace === "microsoft.graph");
  const types = new Map<string, { base: string; members: Map<string, string> }>();
  const sets = new Map<string, string>();
  for (const schema of schemas) {
    for (const node of [...list(schema["EntityType"]), ...list(schema["ComplexType"])]) {
      const members = new Map([...list(node["Property"]), ...list(node["NavigationProperty"])].map((member) => [text(member["Name"]), written(text(member["Type"]))]));
      types.set(text(node["Name"]), { base: plain(text(node["BaseType"])), members });
    }
    for (const container of list(schema["EntityContainer"])) {
      for (const set of list(container["EntitySet"])) sets.set(text(set["Name"]), `${plain(text(set["EntityType"]))}*`);
      for (const one of list(container["Singleton"])) sets.set(text(one["Name"]), plain(text(one["Type"])));
    }
  }
  for (const called of schemas.flatMap((schema) => list(schema["Function"]))) {
    const [bound] = list(called["Parameter"]);
    const returns = text((called["ReturnType"] as Node | undefined)?.["Type"]);
    if (called["IsBound"] === "true" && bound !== undefined) types.get(plain(text(bound["Type"])))?.members.set(`${text(called["Name"])}()`, written(returns));
  }
  return { sets, types };
}

/** What the cloud lacks of the chosen types: whole types and sets by name, members below their type. */
function gaps(whole: Schema, cloud: Schema, chosen: readonly string[]): string {
  const sets = [...whole.sets].filter(([name, type]) => chosen.includes(type.replace("*", "")) && !cloud.sets.has(name)).map(([name]) => name).sort();
  const types = chosen.filter((name) => !cloud.types.has(name));
  const members = chosen.flatMap((name) => {
    const here = cloud.types.get(name);
    const missing = here === undefined ? [] : [...(whole.types.get(name)?.members.keys() ?? [])].filter((member) => !here.members.has(member)).sort();
    return missing.length === 0 ? [] : [`      ${name}: "${missing.join(" ")}",`];
  });
  return [`    sets: "${sets.join(" ")}",`, `    types: "${types.join(" ")}",`, "    members: {", ...members, "    },"].join("\n");
}

/** Writes `metadata.ts`, and `gaps.ts` beside it, from a folder with the repository's `schemas`. Further type names widen the choice. */
async function main([folder = "", target = "", commit = "", ...further]: readonly string[]): Promise<void> {
  const schema = (name: string): Promise<Schema> => read(path.join(folder, `v1.0-${name}.csdl`));
  const whole = await schema("Prod");
  const leaves = LEAVES.split(" ").map((leaf) => leaf.replace(/:.*/, ""));
  const chosen = [...new Set([...Object.keys(TYPES), ...leaves, ...further])].filter((name) => whole.types.has(name)).sort();
  const clouds = await Promise.all(Object.entries(SCHEMAS).map(async ([cloud, name]) => `  ${cloud}: {\n${gaps(whole, await schema(name), chosen)}\n  },`));
  const sets = [...whole.sets].filter(([, type]) => chosen.includes(type.replace("*", ""))).sort(([a], [b]) => (a < b ? -1 : 1));
  const members = (name: string): readonly string[] =>
    [...(whole.types.get(name)?.members ?? [])].filter(([member, type]) => chosen.includes(type.replace("*", "")) || member.endsWith("()")).map(([member, type]) => `${member}:${type}`).sort();
  const base = (name: string): string => whole.types.get(name)?.base ?? "";
  const origin = `/** Cut from microsoftgraph/msgraph-metadata@${commit}, schemas/v1.0-*.csdl (MIT, see NOTICE) by \`make.ts\`; not written by hand. */

`;
  await writeFile(target, `${origin}/** Entity sets and singletons of the global cloud with their types; "*" = a collection. */
export const SETS: Readonly<Record<string, string>> = {
${sets.map(([name, type]) => `  ${name}: "${type}",`).join("\n")}
};

/** Types that are served or asked for: base type, then what leads from it to another type, functions bound to it included. */
export const TYPES: Readonly<Record<string, string>> = {
${chosen.filter((name) => members(name).length > 0).map((name) => `  ${name}: "${[base(name), ...members(name)].join(" ")}",`).join("\n")}
};

/** The others: name, or name:base. */
export const LEAVES = "${chosen.filter((name) => members(name).length === 0).map((name) => (base(name) === "" ? name : `${name}:${base(name)}`)).join(" ")}";
`);
  await writeFile(path.join(path.dirname(target), "gaps.ts"), `${origin}export interface Gaps {
  readonly sets: string;
  readonly types: string;
  readonly members: Readonly<Record<string, string>>;
}

/** What each cloud lacks of them, compared with the global one. */
export const GAPS = {
${clouds.join("\n")}
} as const satisfies Record<string, Gaps>;
`);
}

await main(process.argv.slice(2));
