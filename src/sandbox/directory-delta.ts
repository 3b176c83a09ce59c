import { type Answer } from "./answers.js";
import { context, link, readToken, type Call } from "./odata.js";
import { expired } from "./router.js";
import type { OwnerFile, TenantStore } from "./tenant/store.js";

interface DeltaState {
  readonly base: number;
  readonly upto: number;
  /** Id of the last one told. */
  readonly after: string;
  readonly select: string | null;
}

interface Row {
  readonly id: string;
  /** Absent: it is gone. */
  readonly owner?: OwnerFile;
}

/** Changes of users or groups (api-reference/v1.0/api/user-delta, group-delta). `$select` is kept in the tokens. */
export function directoryDelta(store: TenantStore, call: Call, kind: OwnerFile["kind"], size: number, shaped: (owner: OwnerFile, query: URLSearchParams) => object): Answer {
  const state = stateOf(store, call);
  const query = new URLSearchParams(state.select === null ? {} : { $select: state.select });
  const within = ({ seq }: { readonly seq: number }): boolean => seq > state.base && seq <= state.upto;
  const owners = [...store.owners.values()].filter((owner) => owner.kind === kind);
  const present = new Set(owners.map(({ id }) => id));
  const gone = state.base === 0 ? [] : store.ownerDepartures.filter((departure) => departure.kind === kind && within(departure) && !present.has(departure.id));
  const rows: readonly Row[] = [...owners.filter(within).map((owner) => ({ id: owner.id, owner })), ...gone.map(({ id }) => ({ id }))];
  const left = rows.filter(({ id }) => id > state.after).sort((a, b) => (a.id < b.id ? -1 : 1));
  const page = left.slice(0, size);
  const last = page.length === left.length;
  const next = last ? link(call, "$deltatoken", { ...state, base: state.upto, after: "" }, false) : link(call, "$skiptoken", { ...state, after: page.at(-1)?.id ?? "" }, false);
  const value = page.map(({ id, owner }) => (owner === undefined ? { id, "@removed": { reason: "deleted" } } : shaped(owner, query)));
  return { json: { "@odata.context": context(call, kind === "user" ? "users" : "groups"), [last ? "@odata.deltaLink" : "@odata.nextLink"]: next, value } };
}

function stateOf(store: TenantStore, call: Call): DeltaState {
  const given = call.query.get("$deltatoken");
  const select = call.query.get("$select");
  if (given === "latest") return { base: store.seq, upto: store.seq, after: "", select };
  const carried = readToken<DeltaState>(call.query.get("$skiptoken") ?? given);
  if (carried === undefined) return { base: 0, upto: store.seq, after: "", select };
  if (carried.upto < store.expiredBefore) throw expired(call.path);
  return given === null ? carried : { ...carried, upto: store.seq, after: "" };
}
