import path from "node:path";
import type { Answer } from "../answers.js";
import { userOf } from "../directory.js";
import { collection, context, refuseOptions, type Call, type Route } from "../odata.js";
import { decodeName } from "../tenant/names.js";
import { jsonOf } from "../tenant/read.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import { folderOf, mailFolders, requireMailbox, rootFolder } from "./folders.js";

type Json = Readonly<Record<string, unknown>>;

const ROLE = "MailboxSettings.Read";

/** Settings of mailboxes, from `users/<upn>/settings/` in Graph's shape; what is left out there has the defaults of a new mailbox. */
export function settingsRoutes(store: TenantStore): Route[] {
  const get = (pattern: string, role: string, handler: (call: Call, owner: OwnerFile) => Promise<Answer>): Route => ({
    method: "GET", pattern, role,
    handle: async (call) => {
      const owner = userOf(store, call.params["user"] ?? "");
      requireMailbox(owner);
      refuseOptions(call, ["$filter", "$search", "$expand", "$select"]);
      return handler(call, owner);
    },
  });
  const list = (call: Call, owner: OwnerFile, file: string, what: string, shape: (row: Json) => Json = (row) => row): Promise<Answer> =>
    rows(store, owner, file).then((all) => collection(call, `users('${owner.id}')/${what}`, all, 100, shape));
  return [
    get("/users/:user/mailboxSettings", ROLE, async (call, owner) => ({ json: { "@odata.context": context(call, `users('${owner.id}')/mailboxSettings`), ...(await mailboxSettings(store, owner)) } })),
    get("/users/:user/mailboxSettings/automaticRepliesSetting", ROLE, async (call, owner) => {
      const { automaticRepliesSetting } = await mailboxSettings(store, owner);
      return { json: { "@odata.context": context(call, `users('${owner.id}')/mailboxSettings/automaticRepliesSetting`), ...(automaticRepliesSetting as Json) } };
    }),
    get("/users/:user/mailFolders/:folder/messageRules", ROLE, async (call, owner) => {
      // Rules are the inbox's (api-reference/v1.0/api/mailfolder-list-messagerules).
      const folder = folderOf(store, owner, call.params["folder"] ?? "");
      const file = folder.wellKnown === "inbox" ? "messageRules.json" : "";
      return list(call, owner, file, `mailFolders('${folder.id}')/messageRules`, (rule) => ruleJson(store, owner, rule));
    }),
    get("/users/:user/outlook/masterCategories", ROLE, (call, owner) => list(call, owner, "masterCategories.json", "outlook/masterCategories")),
    get("/users/:user/inferenceClassification/overrides", "Mail.Read", (call, owner) => list(call, owner, "overrides.json", "inferenceClassification/overrides")),
  ];
}

/** A list of the tenant folder. An entry without id has one of its name, so that it keeps it when another goes. */
async function rows(store: TenantStore, owner: OwnerFile, file: string): Promise<readonly Json[]> {
  if (file === "") return [];
  const told: unknown = await jsonOf(store.disk(path.join(owner.base, "settings", file)));
  const named = new Map<string, number>();
  return (Array.isArray(told) ? (told as Json[]) : []).map((row) => {
    const name = String(row["displayName"] ?? (row["senderEmailAddress"] as Json | undefined)?.["address"] ?? "");
    const count = named.get(name) ?? 0;
    named.set(name, count + 1);
    return { id: store.idOf(owner.name, file, name, String(count)), ...row };
  });
}

async function mailboxSettings(store: TenantStore, owner: OwnerFile): Promise<Record<string, unknown>> {
  const french = store.tenant.language === "fr";
  const timeZone = french ? "Romance Standard Time" : "UTC";
  const { automaticRepliesSetting, ...told } = await jsonOf(store.disk(path.join(owner.base, "settings", "mailboxSettings.json")));
  const day = (offset: number): object => ({ dateTime: `2026-01-0${offset}T08:00:00.0000000`, timeZone: "UTC" });
  return {
    userPurpose: "user", archiveFolder: mailFolders(store, owner).find(({ wellKnown }) => wellKnown === "archive")?.id ?? "", timeZone, delegateMeetingMessageDeliveryOptions: "sendToDelegateOnly",
    dateFormat: french ? "dd/MM/yyyy" : "MM/dd/yyyy", timeFormat: french ? "HH:mm" : "h:mm tt",
    language: french ? { locale: "fr-FR", displayName: "Français (France)" } : { locale: "en-US", displayName: "English (United States)" },
    workingHours: { daysOfWeek: ["monday", "tuesday", "wednesday", "thursday", "friday"], startTime: "08:00:00.0000000", endTime: "17:00:00.0000000", timeZone: { name: timeZone } },
    ...told,
    automaticRepliesSetting: {
      status: "disabled", externalAudience: "all", internalReplyMessage: "", externalReplyMessage: "", scheduledStartDateTime: day(1), scheduledEndDateTime: day(2), ...(automaticRepliesSetting as object | undefined),
    },
  };
}

function ruleJson(store: TenantStore, owner: OwnerFile, rule: Json): Json {
  const actions = Object.fromEntries(Object.entries((rule["actions"] ?? {}) as Json).map(([name, value]) => [name, /^(?:move|copy)ToFolder$/.test(name) ? folderId(store, owner, String(value)) : value]));
  return { sequence: 1, isEnabled: true, hasError: false, isReadOnly: false, ...rule, actions };
}

/** A folder by its path below `mail/`, in the names of the tenant folder; anything else is an id already, of a folder that may be gone. */
function folderId(store: TenantStore, owner: OwnerFile, told: string): string {
  let at = rootFolder(store, owner).id;
  for (const name of told.split("/").map(decodeName)) {
    const found = mailFolders(store, owner).find((folder) => folder.parentId === at && folder.name === name);
    if (found === undefined) return told;
    at = found.id;
  }
  return at;
}
