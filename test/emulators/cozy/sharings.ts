import type { Call } from "./files.js";
import type { Instance, Sharing } from "./instance.js";
import { allow } from "./tokens.js";
import { Refusal, say } from "./wire.js";

/** Routes under `/sharings/drives` (docs/shared-drives.md): drives of directories, without recipients. */
export function drivesRoute(call: Call): (() => Promise<void> | void) | undefined {
  const { request: { method }, parts } = call;
  if (parts.join("/") !== "drives") return undefined;
  if (method === "GET") return () => list(call);
  return method === "POST" ? () => create(call) : undefined;
}

function list({ scope, instance, response }: Call): void {
  allow(scope, "GET", "io.cozy.files");
  say(response, 200, { data: instance.sharings.map((sharing) => resource(instance, sharing)), meta: { count: instance.sharings.length } });
}

/** web/sharings/drives.go, CreateSharedDrive: a name makes the directory, and its refusal leaves it. */
async function create({ scope, instance, response, body }: Call): Promise<void> {
  const { data } = JSON.parse((await body()).toString()) as { data: { attributes: { folder_id?: string; name?: string; description?: string }; relationships?: object } };
  const { folder_id: folder = "", name = "", description = "" } = data.attributes;
  if (folder === "" && name === "") throw new Refusal(400, "one of folder_id, file_id or name is required");
  if (folder !== "" && name !== "") throw new Refusal(400, "folder_id, file_id and name are mutually exclusive");
  if (data.relationships !== undefined) throw new Refusal(500, "recipients are not emulated");
  const at = new Date().toISOString();
  const root = folder !== "" ? folder : instance.makeDirectory({ name, parent: instance.sharedDrives().id, createdAt: at, updatedAt: at, tags: [], metadata: {} }).id;
  // checkCreatePermissions (web/sharings/sharings.go): the sharing's rule, of all verbs, lies in the token's.
  allow(scope, "ALL", "io.cozy.files");
  say(response, 201, { data: resource(instance, instance.shareDrive(root, description)) });
}

function resource(instance: Instance, { id, root, description }: Sharing): object {
  const rule = { title: instance.byId(root).name, doctype: "io.cozy.files", values: [root], add: "none", update: "none", remove: "none" };
  return { type: "io.cozy.sharings", id, attributes: { drive: true, drive_root_type: "directory", owner: true, description, rules: [rule], members: [{ status: "owner", instance: instance.domain }] } };
}
