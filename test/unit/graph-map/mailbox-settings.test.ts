import { describe, expect, it } from "@jest/globals";
import { AutomaticReplyRecord, CategoryRecord, MailboxSettingsRecord, MessageRuleRecord } from "../../../src/format/settings.js";
import { automaticReplyRecord, categoryRecord, focusedOverrideRecord, mailboxSettingsRecord, messageRuleRecord } from "../../../src/graph/map/mailbox-settings.js";

const folder = async (id: string) => Promise.resolve(id === "F" ? { id, path: ["Boîte de réception", "Projets"] } : { id });

describe("mailbox settings", () => {
  it("take the purpose in both forms that Microsoft shows, and a zone of the mailbox's own", async () => {
    const timeZone = { "@odata.type": "#microsoft.graph.customTimeZone", name: "Customized Time Zone", bias: -200, standardOffset: { month: 5 } };
    const settings = { userPurpose: { value: "room" }, archiveFolder: "F", workingHours: { daysOfWeek: ["sunday", "monday"], startTime: "09:00:00.0000000", endTime: null, timeZone } };
    expect(MailboxSettingsRecord.parse(await mailboxSettingsRecord(settings, folder))).toEqual({
      v: 1, type: "mailbox-settings", purpose: "room", archiveFolder: { id: "F", path: ["Boîte de réception", "Projets"] },
      workingHours: { days: ["monday", "sunday"], start: "09:00:00", zone: "Customized Time Zone", customZone: { name: "Customized Time Zone", bias: -200, standardOffset: { month: 5 } } },
    });
    expect((await mailboxSettingsRecord({ userPurpose: "shared" }, folder)).purpose).toBe("shared");
    expect(MailboxSettingsRecord.parse(await mailboxSettingsRecord({ archiveFolder: "", delegateMeetingMessageDeliveryOptions: null }, folder))).toEqual({ v: 1, type: "mailbox-settings" });
  });
});

describe("an automatic reply", () => {
  it("is read whatever the case of its words", () => {
    const reply = { status: "Scheduled", externalAudience: "ContactsOnly", scheduledStartDateTime: { dateTime: "2016-03-14T07:00:00.5000000", timeZone: "UTC" }, internalReplyMessage: "<p>i</p>" };
    expect(AutomaticReplyRecord.parse(automaticReplyRecord(reply))).toEqual({
      v: 1, type: "automatic-reply", status: "scheduled", outside: "contacts", start: { local: "2016-03-14T07:00:00.5000000", zone: "UTC" }, internalText: "<p>i</p>", externalText: "",
    });
    expect(automaticReplyRecord({ status: "alwaysEnabled" }).status).toBe("on");
    expect(automaticReplyRecord({}).status).toBe("off");
  });
});

describe("a rule", () => {
  it("keeps what is set, predicates of tomorrow too, and names folders", async () => {
    const rule = {
      id: "1", displayName: "R", sequence: 4, isEnabled: false, conditions: { sentToMe: true, hasAttachments: null, withinSizeRange: { "@odata.type": "#x", minimumSize: 5, maximumSize: null }, isQuantum: true },
      actions: { moveToFolder: "F", copyToFolder: "G", redirectTo: { emailAddress: { name: "", address: "a@b.example" } }, "forwardTo@odata.type": "#Collection", forwardTo: [{ emailAddress: { name: "B", address: "b@b.example" } }] },
    };
    expect(MessageRuleRecord.parse(await messageRuleRecord(rule, folder))).toEqual({
      v: 1, type: "message-rule", name: "R", order: 4, enabled: false, hasError: false, readOnly: false,
      conditions: { sentToMe: true, withinSizeRange: { minimumSize: 5 }, isQuantum: true }, exceptions: {},
      actions: { moveToFolder: { id: "F", path: ["Boîte de réception", "Projets"] }, copyToFolder: { id: "G" }, redirectTo: [{ address: "a@b.example" }], forwardTo: [{ name: "B", address: "b@b.example" }] },
    });
  });
});

describe("categories and overrides", () => {
  it("have Outlook's colour names", () => {
    const colors = ["preset0", "Preset24", "None", null, "preset99"].map((color) => CategoryRecord.parse(categoryRecord({ id: "1", displayName: "C", color })).color);
    expect(colors).toEqual(["red", "dark-cranberry", "none", "none", "preset99"]);
  });
  it("tell where mail of a sender goes", () => {
    expect(focusedOverrideRecord({ id: "1", classifyAs: "Focused", senderEmailAddress: { address: "a@b.example" } })).toEqual({ v: 1, type: "focused-override", inbox: "focused", sender: { address: "a@b.example" } });
  });
});
