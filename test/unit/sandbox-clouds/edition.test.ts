import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { CLOUD_NAMES, Edition } from "../../../src/sandbox/clouds/edition.js";
import { GAPS } from "../../../src/sandbox/clouds/gaps.js";

const REFERENCE = path.join(process.env["EXODUS_SHARED"] ?? path.resolve("../shared"), "graph");
const present = existsSync(path.join(REFERENCE, "bleu-differences.json"));

if (!present && process.env["CI"] === "true") throw new ReferenceError(`missing: ${REFERENCE}`);

type Names = Readonly<Record<string, readonly string[]>>;
const reference = <T>(file: string): T => JSON.parse(readFileSync(path.join(REFERENCE, file), "utf8")) as T;
const short = (type: string): string => type.replace("microsoft.graph.", "");

(present ? describe : describe.skip)(`the cut of the metadata (${present ? "" : "missing: "}${REFERENCE})`, () => {
  it("lacks in Bleu what another cut of the same files says, type by type", () => {
    const said = reference<{ missing_types: string[]; missing_props: Names; missing_nav: Names }>("bleu-differences.json");
    const known = Object.keys(reference<{ types: object }>("csdl-subset.json").types).map(short);
    expect(GAPS.bleu.types.split(" ").filter((type) => known.includes(type))).toEqual(said.missing_types.map(short).sort());
    const members = new Map(Object.entries(GAPS.bleu.members).filter(([type]) => known.includes(type)).map(([type, names]) => [type, names.split(" ").filter((name) => !name.endsWith("()"))]));
    const theirs = new Map<string, string[]>();
    for (const [type, names] of [...Object.entries(said.missing_props), ...Object.entries(said.missing_nav)]) theirs.set(short(type), [...(theirs.get(short(type)) ?? []), ...names].sort());
    expect(Object.fromEntries(members)).toEqual(Object.fromEntries(theirs));
  });
});

describe("an edition", () => {
  const bleu = new Edition("bleu");

  it.each([
    ["/users/:user/onenote/notebooks", "onenote"], ["/users/:user/todo/lists/:list/tasks", "todo"], ["/groups/:group/onenote/pages", "onenote"],
    ["/users/:user/events/:event/exceptionOccurrences", "exceptionOccurrences"], ["/drives/:drive/items/:item/workbook/worksheets", "workbook"],
  ])("Bleu has no %s", (pattern, segment) => {
    expect(bleu.find(pattern).missing).toBe(segment);
    expect(new Edition().find(pattern).missing).toBeUndefined();
  });

  it.each([
    ["/users/:user/mailFolders/:folder/messages/delta", "message", true], ["/users/:user/mailFolders/inbox/messageRules", "messageRule", true], ["/sites/getAllSites", "site", true], ["/drives/:drive/root/delta", "driveItem", true],
    ["/users/:user/contactFolders/contacts", "contactFolder", false], ["/teams/:team/channels/getAllMessages", "chatMessage", true], ["/groups/:group/members/microsoft.graph.user", "user", true], ["/planner/plans/:plan/tasks", "plannerTask", true],
  ])("%s leads to %s", (pattern, type, many) => {
    expect(bleu.find(pattern)).toEqual({ place: { type, many } });
  });

  it("China has no deltas of mail, Delos no teams, Singapore nothing but a directory", () => {
    expect(new Edition("china").find("/users/:user/mailFolders/:folder/messages/delta").missing).toBe("delta");
    expect(new Edition("china").find("/users/:user/calendarView/delta").missing).toBeUndefined();
    expect(["/teams", "/chats/:chat/messages", "/groups/:group/team/channels", "/users/:user/chats"].map((pattern) => new Edition("delos").find(pattern).missing)).toEqual(["teams", "chats", "team", "chats"]);
    expect(["/users/:user/messages", "/users/:user/drive", "/sites/:site", "/users/:user"].map((pattern) => new Edition("govsg").find(pattern).missing)).toEqual(["messages", "drive", "sites", undefined]);
  });

  it.each([
    ["$select", "id,isHidden", "mailFolder", "isHidden"], ["$expand", "exceptionOccurrences($select=id)", "event", "exceptionOccurrences"], ["$select", "subject,cancelledOccurrences", "event", "cancelledOccurrences"],
    ["$expand", "messages($select=id),childFolders($select=id,isHidden)", "mailFolder", "isHidden"], ["$orderby", "isHidden desc", "mailFolder", "isHidden"], ["$filter", "displayName eq 'a' and isHidden eq true", "mailFolder", "isHidden"],
  ])("refuses %s=%s of a %s in the service's words", (option, value, type, name) => {
    const refuse = (edition: Edition) => (): void => edition.refuse({ type, many: true }, new URLSearchParams({ [option]: value }));
    expect(refuse(bleu)).toThrow(`Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`);
    expect(refuse(new Edition())).not.toThrow();
  });

  it("does not take a name in a filter's value for a property", () => {
    expect(() => bleu.refuse({ type: "mailFolder", many: true }, new URLSearchParams({ $filter: "displayName eq 'isHidden'" }))).not.toThrow();
  });

  it("tells nothing that the cloud lacks, however deep", () => {
    const event = { id: "e", subject: "S", cancelledOccurrences: [], exceptionOccurrences: [{ id: "x" }], "exceptionOccurrences@odata.nextLink": "…" };
    expect(bleu.shown({ type: "event", many: true }, { json: { "@odata.context": "c", value: [event] } })).toEqual({ json: { "@odata.context": "c", value: [{ id: "e", subject: "S" }] } });
    const permission = { id: "p", grantedToV2: { user: { id: "u" }, sharePointGroup: { id: "g" } } };
    expect(bleu.shown({ type: "permission", many: false }, { json: permission })).toEqual({ json: { id: "p", grantedToV2: { user: { id: "u" } } } });
    const member = { "@odata.type": "#microsoft.graph.user", id: "u", print: {} };
    expect(bleu.shown({ type: "directoryObject", many: true }, { json: { value: [member] } })).toEqual({ json: { value: [{ "@odata.type": "#microsoft.graph.user", id: "u" }] } });
  });

  it("lacks what it is told to beside, for derived types too", () => {
    const less = new Edition("global", ["message.categories", "user.chats"]);
    expect(less.find("/users/:user/chats").missing).toBe("chats");
    expect(less.lacks("eventMessageRequest", "categories")).toBe(true);
    expect(less.lacks("event", "categories")).toBe(false);
  });

  it("has a name for each cloud", () => {
    expect(CLOUD_NAMES).toEqual(["global", "gcc-high", "dod", "china", "bleu", "delos", "govsg"]);
  });
});
