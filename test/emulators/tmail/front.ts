import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyOf, Loopback } from "../loopback.js";

type Json = Record<string, unknown>;
type Call = [method: string, args: Json, id: string];

const LABEL = "com:linagora:params:jmap:labels";
const FILTER = "com:linagora:params:jmap:filter";

export interface StoredLabel {
  displayName: string;
  keyword: string;
  color: string | null;
  description: string | null;
  readOnly: boolean;
}
export interface StoredRule {
  name: string;
  conditionGroup: { conditionCombiner: string; conditions: { field: string; comparator: string; value: string }[] };
  action: Json;
}
interface Account {
  readonly labels: Map<string, StoredLabel>;
  rules: StoredRule[];
  version: number;
}

/** What Twake Mail adds to a James: the extensions for labels and filters, before a real one, whose answers all others are. Sources of each: README.md. */
export class TmailFront {
  /** What was asked and no source describes. */
  readonly undescribed: string[] = [];
  /** Calls of `/set` that are carried out and whose answer is lost. */
  lostAnswers = 0;
  readonly #accounts = new Map<string, Account>();
  readonly #server = new Loopback((asked, answer) => void this.#answer(asked, answer).catch(() => asked.socket.destroy()));

  constructor(private readonly origin: string) {}

  get url(): string {
    return this.#server.url;
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  /** By JMAP's id of the account. */
  account(id: string): Account {
    const found = this.#accounts.get(id) ?? { labels: new Map(), rules: [], version: -1 };
    this.#accounts.set(id, found);
    return found;
  }

  async #answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = "", url = "" } = asked;
    const body = await bodyOf(asked);
    const send = (bytes: Buffer): Promise<Response> => fetch(this.origin + url, {
      method, redirect: "manual", headers: Object.fromEntries(["authorization", "accept", "content-type"].flatMap((name) => (typeof asked.headers[name] === "string" ? [[name, asked.headers[name]]] : []))),
      ...(method === "GET" ? {} : { body: new Uint8Array(bytes) }),
    });
    if (method === "POST" && url === "/jmap") return this.#api(JSON.parse(body.toString("utf8")) as Json, send, answer);
    const come = await send(body);
    const bytes = Buffer.from(await come.arrayBuffer());
    const location = come.headers.get("location");
    const headers = { "content-type": come.headers.get("content-type") ?? "application/octet-stream", ...(location === null ? {} : { location: location.replace(this.origin, this.url) }) };
    if (come.status !== 200 || !url.endsWith("/session")) return void answer.writeHead(come.status, headers).end(bytes);
    const session = JSON.parse(bytes.toString("utf8").replaceAll(this.origin, this.url)) as { capabilities: Json; accounts: Record<string, { accountCapabilities: Json }> };
    // LabelGetMethod.scala, LabelCapabilityProperties; FilterGetMethod.scala, FilterCapabilityProperties.
    const more = { [LABEL]: { version: 2 }, [FILTER]: { version: 2 } };
    Object.assign(session.capabilities, more);
    for (const one of Object.values(session.accounts)) Object.assign(one.accountCapabilities, more);
    answer.writeHead(200, headers).end(JSON.stringify(session));
  }

  /** Calls of the extensions are answered here, once James has let whoever asks into the account; all others by James. */
  async #api({ using, methodCalls }: Json, send: (bytes: Buffer) => Promise<Response>, answer: ServerResponse): Promise<void> {
    const [wanted, calls] = [using as string[], methodCalls as Call[]];
    const own = (method: string): boolean => /^(Label|Filter)\//.test(method);
    const passed = calls.map(([method, args, id]): Call => (own(method) ? ["Mailbox/get", { accountId: args["accountId"], ids: [] }, id] : [method, args, id]));
    const plain = [...wanted.filter((one) => one !== LABEL && one !== FILTER), "urn:ietf:params:jmap:mail"];
    const come = await send(Buffer.from(JSON.stringify({ using: [...new Set(plain)], methodCalls: passed })));
    const text = await come.text();
    if (come.status !== 200) return void answer.writeHead(come.status, { "content-type": "application/json" }).end(text);
    const told = JSON.parse(text) as { methodResponses: Call[] };
    let changed = false;
    told.methodResponses = told.methodResponses.map((response, at) => {
      const [method = "", args = {}, id = ""] = calls[at] ?? [];
      if (!own(method) || response[0] === "error") return response;
      changed ||= method.endsWith("/set");
      // requiredCapabilities of LabelSetMethod.scala and FilterSetMethod.scala.
      if (!wanted.includes(method.startsWith("Label/") ? LABEL : FILTER)) return ["error", { type: "unknownMethod" }, id];
      const answered = this.#extension(method, args);
      return answered === undefined ? ["error", { type: "unknownMethod" }, id] : [method, { accountId: args["accountId"], ...answered }, id];
    });
    if (changed && this.lostAnswers > 0) {
      this.lostAnswers -= 1;
      answer.destroy();
      return;
    }
    answer.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(told));
  }

  #extension(method: string, args: Json): Json | undefined {
    const account = this.account(String(args["accountId"]));
    if (method === "Label/get") return labelGet(account, args["ids"] as string[] | null | undefined);
    if (method === "Label/set") return labelSet(account, args);
    if (method === "Filter/get") return { state: String(account.version), list: [{ id: "singleton", rules: account.rules.map((rule) => ({ ...rule, condition: rule.conditionGroup.conditions[0] })) }], notFound: [] };
    if (method === "Filter/set") return filterSet(account, args);
    this.undescribed.push(method);
    return undefined;
  }
}

function labelGet({ labels }: Account, ids: string[] | null | undefined): Json {
  const asked = ids ?? [...labels.keys()];
  return { state: randomUUID(), list: asked.flatMap((id) => (labels.has(id) ? [{ id, ...labels.get(id) }] : [])), notFound: asked.filter((id) => !labels.has(id)) };
}

const COLOR = /^#[a-fA-F0-9]{6}$/;
const ASSIGNABLE = ["displayName", "color", "description"];

/** LabelSetCreatePerformer.scala, LabelSetUpdatePerformer.scala, LabelSet.scala (LabelPatchObject), Label.scala (Color, KeywordUtil). */
function labelSet({ labels }: Account, { create, update, destroy }: Json): Json {
  const [created, notCreated, updated, notUpdated]: [Json, Json, Json, Json] = [{}, {}, {}, {}];
  for (const [key, value] of Object.entries((create ?? {}) as Record<string, Json>)) {
    const { displayName, color = null, description = null } = value;
    if (typeof displayName !== "string" || (color !== null && !COLOR.test(String(color))) || Object.keys(value).some((name) => !ASSIGNABLE.includes(name))) notCreated[key] = { type: "invalidArguments" };
    else {
      const id = randomUUID();
      labels.set(id, { displayName, keyword: id, color: color as string | null, description: description as string | null, readOnly: false });
      created[key] = { id, keyword: id };
    }
  }
  for (const [id, patch] of Object.entries((update ?? {}) as Record<string, Json>)) {
    const label = labels.get(id);
    if (label === undefined) notUpdated[id] = { type: "notFound" };
    else if (label.readOnly) notUpdated[id] = { type: "forbidden" };
    else if (Object.keys(patch).some((name) => !ASSIGNABLE.includes(name)) || ("color" in patch && !COLOR.test(String(patch["color"])))) notUpdated[id] = { type: "invalidArguments" };
    else {
      Object.assign(label, patch);
      updated[id] = {};
    }
  }
  const gone = (destroy ?? []) as string[];
  const notDestroyed = Object.fromEntries(gone.flatMap((id) => (labels.get(id)?.readOnly === true ? [[id, { type: "forbidden" }]] : [])));
  for (const id of gone) if (!(id in notDestroyed)) labels.delete(id);
  return { newState: randomUUID(), created, notCreated, updated, notUpdated, destroyed: gone.filter((id) => !(id in notDestroyed)), notDestroyed };
}

const FIELDS = /^(from|to|cc|recipient|subject|header:.+)$/;
const COMPARATORS = ["contains", "not-contains", "exactly-equals", "not-exactly-equals", "start-with"];
const ACTIONS = ["appendIn", "markAsSeen", "markAsImportant", "reject", "withKeywords", "forwardTo", "moveTo"];

/** FilterSetMethod.scala (validateRules, convertToOptionalVersion), FilterSerializer.scala (ruleWithIdReads). What is told again has no identifier (FilterGet.scala, Rule). */
function filterSet(account: Account, { ifInState, update }: Json): Json {
  const oldState = String(account.version);
  const rules = (update as Record<string, (StoredRule & { id?: string; condition?: unknown })[]>)["singleton"] ?? [];
  const refused = (type: string): Json => ({ oldState, newState: oldState, notUpdated: { singleton: { type } } });
  if (ifInState !== undefined && ifInState !== oldState) return refused("stateMismatch");
  const wrong = rules.some(({ id, name, conditionGroup, condition, action }) => typeof id !== "string" || typeof name !== "string" || (conditionGroup !== undefined) === (condition !== undefined)
    || !["AND", "OR"].includes(conditionGroup?.conditionCombiner) || conditionGroup.conditions.some(({ field, comparator, value }) => !FIELDS.test(field) || !COMPARATORS.includes(comparator) || typeof value !== "string")
    || !Array.isArray((action["appendIn"] as Json | undefined)?.["mailboxIds"]) || Object.keys(action).some((key) => !ACTIONS.includes(key)));
  if (wrong || new Set(rules.map(({ id }) => id)).size < rules.length) return refused("invalidArguments");
  account.rules = rules.map(({ name, conditionGroup, action }) => ({ name, conditionGroup, action: { markAsSeen: false, markAsImportant: false, reject: false, withKeywords: [], ...action } }));
  account.version += 1;
  return { oldState, newState: String(account.version), updated: { singleton: {} } };
}
