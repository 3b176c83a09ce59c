import path from "node:path";
import { jsonOf } from "../tenant/read.js";
import { permissionsFileOf } from "../tenant/scan.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import type { Calendar } from "./calendar-store.js";

/** A Graph `calendarPermission` as the tenant folder tells it: its address may be the name of a user. */
type Told = Readonly<Record<string, unknown>>;

/** What an owner may choose for whom (samples of api-reference/v1.0/api/calendar-list-calendarpermissions and concepts/outlook-share-or-delegate-calendar). */
const OUTSIDE = ["freeBusyRead", "limitedRead", "read"];
const INSIDE = [...OUTSIDE, "write"];
const DELEGATES = ["delegateWithoutPrivateEventAccess", "delegateWithPrivateEventAccess"];

/**
 * Who may see a calendar: those of `<calendar>.permissions.json` beside its folder, and the organisation, with whom every primary calendar is shared
 * (concepts/outlook-share-or-delegate-calendar).
 */
export async function calendarPermissions(store: TenantStore, owner: OwnerFile, calendar: Calendar): Promise<readonly object[]> {
  const folder = store.entries.get(calendar.id)?.file ?? path.join(owner.base, "calendars", calendar.name);
  const told: unknown = await jsonOf(store.disk(permissionsFileOf(folder)));
  const listed = (Array.isArray(told) ? (told as readonly Told[]) : []).map((one, index) => whole(store, calendar, one, `${folder} ${index}`));
  if (listed.some(({ isRemovable }) => isRemovable === false) || !calendar.isDefault) return listed;
  return [...listed, { id: Buffer.from("Default").toString("base64"), isRemovable: false, isInsideOrganization: true, role: "freeBusyRead", allowedRoles: ["none", ...INSIDE], emailAddress: { name: "My Organization" } }];
}

function whole(store: TenantStore, calendar: Calendar, told: Told, key: string): Told {
  const { emailAddress: given } = told;
  const emailAddress = typeof given === "string" ? { name: nameOf(store, given), address: given } : (given ?? { name: "My Organization" }) as { readonly address?: string };
  const everybody = emailAddress.address === undefined;
  const isInsideOrganization = everybody || store.owners.has(emailAddress.address.toLowerCase());
  return {
    id: Buffer.from(everybody ? "Default" : store.idOf("calendar permission", key)).toString("base64"), isRemovable: !everybody, isInsideOrganization,
    role: "read", allowedRoles: everybody ? ["none", ...INSIDE] : isInsideOrganization ? [...INSIDE, ...(calendar.isDefault ? DELEGATES : [])] : OUTSIDE, ...told, emailAddress,
  };
}

function nameOf(store: TenantStore, name: string): string {
  const display = store.owners.get(name.toLowerCase())?.profile["displayName"];
  return typeof display === "string" ? display : name;
}
