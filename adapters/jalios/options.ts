import { z } from "zod";
import { byChannel } from "../../src/kit/by-channel.js";
import { httpOptions } from "../../src/kit/http-options.js";
import { secretRef } from "../../src/kit/options.js";
import { webAddress } from "../../src/kit/web-address.js";
import { zoneOption } from "../../src/kit/zone-option.js";

/** Name of a type or of a field, as the platform's own help has it; it stands in addresses. */
const word = z.string().regex(/^\w+$/, "letters, figures and _ only");
/** Id of a content, workspace or category ("j_4356", "c_42"). */
const id = z.string().regex(/^\w+$/, "an identifier as j_5 or c_42 is");

/** What a kind of post is written as; `fields`: further ones of its edit form, the same for all. */
const kind = { form: z.enum(["html", "text"]), fields: z.record(word, z.string()).default({}) };
const root = z.strictObject({ type: word.default("Article"), title: word.default("title"), text: word.default("content"), ...kind, form: kind.form.default("html") });
/** The text of a comment is wiki text (help of the Open API). */
const reply = z.strictObject({ type: word.default("DBComment"), title: word.optional(), text: word.default("description"), target: word.default("targetContent"), ...kind, form: kind.form.default("text") });

export const options = z.strictObject({
  /** Address of the site; the Open API is below `rest/`. */
  url: webAddress,
  /** Key of a technical member (administration, "Authentication key generation"). */
  key: secretRef,
  /** By team (its account name) and by name of channel, or "*" for the others of the team: id of the workspace that receives it. */
  workspaces: byChannel(id),
  /** What the first message of a thread is written as. */
  root: root.prefault({}),
  /** What an answer is written as. */
  reply: reply.prefault({}),
  /** Sets `author` where a member has the author's address. */
  authors: z.boolean().default(false),
  /** Sets `pdate`, in this form: which one the platform takes is told nowhere. */
  dates: z.string().regex(/^(?:dd|MM|yyyy|HH|mm|ss|'T'|[^A-Za-z'])+$/, "made of dd, MM, yyyy, HH, mm, ss, 'T' and signs, as dd/MM/yyyy HH:mm is").optional(),
  /** IANA name of the zone in which dates are told. */
  zone: zoneOption,
  /** Seconds that the search is asked again for, until it shows what was just written. */
  searchWait: z.number().min(0).max(3_600).default(60),
  /** What became of messages that may have arrived and that the search does not show: "report" names them, "send" sends them (again); or where they are, by reference. */
  unsure: z.union([z.enum(["report", "send"]), z.record(z.string().regex(/^o365-[a-z2-7]{16}$/, "a reference as o365-abcdefghijklmnop is"), id)]).default("report"),
  ...httpOptions,
});
export type OpenApiOptions = z.infer<typeof options>;
export type Kind = OpenApiOptions["root"] | OpenApiOptions["reply"];
