import { setImmediate as afterOthers } from "node:timers/promises";
import { ExodusError } from "../../core/errors.js";
import { serial } from "../../lib/serial.js";
import type { DavClient } from "./client.js";
import { parseMultistatus, textOf } from "./multistatus.js";
import { below, nameOf } from "./paths.js";
import type { TextResource } from "./verbs.js";
import { DAV, tag, xmlDocument, xmlText } from "./xml.js";

const ETAG = `{${DAV}}getetag`;

/** The report by which a protocol reads several objects at once (RFC 4791 section 7.9, RFC 6352 section 8.7), by Clark names. */
export interface MultigetReport {
  readonly name: string;
  /** Property that holds an object's text. */
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Objects of one collection, of which those asked for at the same time, or while a request is under way, come by one request; one by one from a server that refuses the report. */
export class BatchReader {
  #waiting: { readonly name: string; readonly answer: Promise<ReadonlyMap<string, TextResource | undefined> | undefined> }[] = [];
  #refused = false;
  readonly #inTurn = serial();

  constructor(
    private readonly client: DavClient, private readonly collection: string, private readonly report: () => MultigetReport,
    private readonly single: (path: string, signal: AbortSignal) => Promise<TextResource | undefined>,
  ) {}

  async read(name: string, signal: AbortSignal): Promise<TextResource | undefined> {
    const batch = this.#refused ? undefined : await this.#join(name, signal);
    return batch?.has(name) === true ? batch.get(name) : this.single(below(this.collection, name), signal);
  }

  #join(name: string, signal: AbortSignal): Promise<ReadonlyMap<string, TextResource | undefined> | undefined> {
    const first = this.#waiting[0];
    const answer = first?.answer ?? this.#inTurn(() => afterOthers().then(() => this.#fetch(signal)));
    this.#waiting.push({ name, answer });
    return answer;
  }

  /** Undefined where reading one by one has to tell what is the matter. */
  async #fetch(signal: AbortSignal): Promise<ReadonlyMap<string, TextResource | undefined> | undefined> {
    const names = [...new Set(this.#waiting.map(({ name }) => name))];
    this.#waiting = [];
    if (names.length === 1) return undefined;
    const { name: report, data, attributes } = this.report();
    const body = xmlDocument(tag(report, [
      tag(`{${DAV}}prop`, tag(ETAG) + tag(data, "", attributes)), ...names.map((name) => tag(`{${DAV}}href`, xmlText(below(this.collection, name)))),
    ].join("")));
    try {
      return await this.client.request("REPORT", `${this.collection}/`, { headers: { "content-type": "application/xml; charset=utf-8", depth: "0" }, body, signal }, async (answer) => {
        const members = parseMultistatus(await answer.text(), this.client.access.base, this.client.access.target);
        return new Map(members.flatMap((member): [string, TextResource | undefined][] => {
          const text = member.properties.get(data)?.text;
          if (text !== undefined) return [[nameOf(member.href), { text, etag: textOf(member, ETAG) }]];
          return member.status === 404 ? [[nameOf(member.href), undefined]] : [];
        }));
      });
    } catch (thrown) {
      if (!(thrown instanceof ExodusError) || thrown.errorClass === "throttled") throw thrown;
      this.#refused = thrown.errorClass !== "retryable";
      return undefined;
    }
  }
}
