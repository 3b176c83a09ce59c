import { ExodusError, type Lang } from "../../src/core/errors.js";
import type { CheckResult } from "../../src/core/source.js";
import type { JaliosClient } from "../../src/drivers/jalios/client.js";
import { content, whoAmI } from "../../src/drivers/jalios/contents.js";
import { checked } from "../../src/kit/checked.js";
import type { AdapterEnvironment } from "../../src/kit/define.js";
import type { Kind, OpenApiOptions } from "./options.js";

const SAID = {
  en: { key: "the key is that of", types: "types and fields are there", plugins: "modules: DBComment is", named: "named", unnamed: "not named among them: see that comments are there", hidden: "modules are not shown to this key: see by hand that DBComment is there", workspaces: "workspaces are there" },
  fr: { key: "la clé est celle de", types: "types et champs présents", plugins: "modules : DBComment y est", named: "nommé", unnamed: "absent : vérifiez que les commentaires sont là", hidden: "les modules ne sont pas montrés à cette clé : vérifiez à la main que DBComment est là", workspaces: "espaces de travail présents" },
} as const satisfies Record<Lang, Record<string, string>>;

/** Reads alone. The first refusal ends it: a second within three seconds would shut the door for half a minute (settings of JPlatform 10.0.7). */
export function checks(client: JaliosClient, { root, reply, workspaces }: OpenApiOptions, environment: AdapterEnvironment, signal: AbortSignal): AsyncGenerator<CheckResult> {
  const said = SAID[environment.lang];
  return checked(
    client, environment, signal,
    async () => {
      const { id, fullName, login } = await whoAmI(client, signal);
      return { code: "JALIOS_KEY", message: `${said.key} ${fullName ?? login ?? ""} (${id})` };
    },
    async () => {
      for (const kind of [root, reply]) await hasFields(client, kind, signal);
      return { code: "JALIOS_TYPES", message: `${root.type}, ${reply.type}: ${said.types}` };
    },
    async () => ({ code: "JALIOS_MODULES", message: await modules(client, said, signal) }),
    async () => {
      const ids = [...new Set(Object.values(workspaces).flatMap((channels) => Object.values(channels)))];
      for (const id of ids) if ((await content(client, id, signal)) === undefined) throw client.error("TARGET_CONTAINER_MISSING", `workspaces: ${id}`);
      return { code: "JALIOS_WORKSPACES", message: `${ids.length} ${said.workspaces}` };
    },
  );
}

/** The form of the answer is told nowhere: the fields' names are looked for as words in it. A title is every content's. */
async function hasFields(client: JaliosClient, kind: Kind, signal: AbortSignal): Promise<void> {
  const told = await client.text(`types/${kind.type}`, {}, signal);
  if (told === undefined) throw client.error("TARGET_TYPE_MISSING", `types/${kind.type}: HTTP 404`);
  const wanted = [kind.text, ...("target" in kind ? [kind.target] : [])];
  const missing = wanted.filter((field) => !new RegExp(`(?<!\\w)${field}(?!\\w)`).test(told));
  if (missing.length > 0) throw client.error("TARGET_TYPE_MISSING", `types/${kind.type}: ${missing.join(", ")}`);
}

/** For administrators (help of the Open API); a refusal says nothing against the migration. */
async function modules(client: JaliosClient, said: (typeof SAID)[Lang], signal: AbortSignal): Promise<string> {
  try {
    const told = (await client.text("admin/plugins", {}, signal)) ?? "";
    return `${said.plugins} ${told.includes("DBComment") ? said.named : said.unnamed}`;
  } catch (thrown) {
    if (thrown instanceof ExodusError && ["TARGET_DENIED", "TARGET_OPEN_API"].includes(thrown.code)) return said.hidden;
    throw thrown;
  }
}
