import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { PIXEL } from "../pixel.js";

const EVENT = (lines: readonly string[]): string => ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//sandbox//check//FR", "BEGIN:VEVENT", ...lines, "END:VEVENT", "END:VCALENDAR", ""].join("\r\n");

/** Who did what a message of the system tells. */
const INITIATOR = { application: null, device: null, user: { "@odata.type": "#microsoft.graph.teamworkUserIdentity", id: "1d1c0b0e-3f0a-4f0c-9d6b-2b7a5d5e8c10", displayName: "Zoé Bénard", userIdentityType: "aadUser" } };

const FILES: Readonly<Record<string, string>> = {
  "tenant.json": JSON.stringify({ name: "Commune de Test", domain: "test.example", language: "fr", subscribedSkus: [{ skuId: "05e9a617-0261-4cee-bb44-138d3ef5d965", skuPartNumber: "SPE_E3" }] }),
  "users/zoe@test.example/profile.json": JSON.stringify({ displayName: "Zoé Bénard", department: "DSI", manager: "luc@test.example", assignedLicenses: [{ skuId: "05e9a617-0261-4cee-bb44-138d3ef5d965", disabledPlans: [] }] }),
  "users/zoe@test.example/photo.png": "PNG",
  "users/luc@test.example/profile.json": JSON.stringify({ displayName: "Luc Garçon" }),
  "users/zoe@test.example/mail/Inbox/1.eml": "From: Luc <luc@test.example>\r\nTo: zoe@test.example\r\nSubject: Bonjour\r\nDate: Mon, 05 Jan 2026 09:00:00 +0100\r\nMessage-ID: <1@test.example>\r\n\r\nBonjour.\r\n",
  "users/zoe@test.example/mail/Inbox/1.json": JSON.stringify({ isRead: true, flag: "flagged", importance: "high", categories: ["Élus"] }),
  "users/zoe@test.example/mail/Inbox/2.eml": [
    "From: luc@test.example", "To: zoe@test.example", "Cc: maire@test.example", "Subject: =?UTF-8?Q?Pi=C3=A8ce?=", "Date: Tue, 06 Jan 2026 09:00:00 +0100", "Message-ID: <2@test.example>", "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="b"', "", "--b", "Content-Type: text/html; charset=utf-8", "", "<p>Voir la pièce</p>", "--b", 'Content-Type: text/plain; name="note.txt"', 'Content-Disposition: attachment; filename="note.txt"', "", "note", "--b--", "",
  ].join("\r\n"),
  "users/zoe@test.example/mail/Inbox/Projets/3.eml": "From: luc@test.example\r\nTo: zoe@test.example\r\nSubject: Projet\r\nDate: Wed, 07 Jan 2026 09:00:00 +0100\r\n\r\nSans identifiant.\r\n",
  "users/zoe@test.example/mail/Clutter/4.eml": "From: reclame@ailleurs.example\r\nTo: zoe@test.example\r\nSubject: Soldes\r\nDate: Thu, 08 Jan 2026 09:00:00 +0100\r\nMessage-ID: <4@ailleurs.example>\r\n\r\nSoldes.\r\n",
  "users/zoe@test.example/calendars/Calendrier/serie.ics": EVENT([
    "UID:serie@test.example", "DTSTART;TZID=Europe/Paris:20260105T090000", "DTEND;TZID=Europe/Paris:20260105T100000", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10", "EXDATE;TZID=Europe/Paris:20260107T090000",
    "SUMMARY:Point d'équipe", "DESCRIPTION:Ordre du jour", "LOCATION:Salle 1", "ORGANIZER;CN=Zoé:mailto:zoe@test.example", "ATTENDEE;CN=Luc;PARTSTAT=ACCEPTED:mailto:luc@test.example", "CATEGORIES:Élus",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.example/join/1", "ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=note.txt:aGVsbG8=", "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M", "END:VALARM",
    "END:VEVENT", "BEGIN:VEVENT", "UID:serie@test.example", "RECURRENCE-ID;TZID=Europe/Paris:20260112T090000", "DTSTART;TZID=Europe/Paris:20260113T140000", "DTEND;TZID=Europe/Paris:20260113T150000", "SUMMARY:Point déplacé",
  ]),
  "users/zoe@test.example/calendars/Calendrier/ferie.ics": EVENT(["UID:ferie", "DTSTART;VALUE=DATE:20260714", "SUMMARY:Fête nationale", "TRANSP:TRANSPARENT"]),
  "users/zoe@test.example/calendars/Calendrier.permissions.json": JSON.stringify([{ emailAddress: { name: "Eva", address: "eva@cabinet.example" }, role: "read" }]),
  "users/zoe@test.example/calendars/Congés/conge.ics": EVENT(["UID:conge", "DTSTART;VALUE=DATE:20260803", "DTEND;VALUE=DATE:20260808", "RRULE:FREQ=YEARLY", "SUMMARY:Congés", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"]),
  "users/zoe@test.example/contacts/Contacts/luc.vcf": ["BEGIN:VCARD", "VERSION:3.0", "N:Garçon;Luc;;;", "FN:Luc Garçon", "EMAIL:luc@test.example", "TEL;TYPE=WORK:+33 1", "ADR;TYPE=WORK:;;1 rue;Nantes;Loire-Atlantique;44000;France", "BDAY:1980-04-15", `PHOTO;ENCODING=b;TYPE=PNG:${PIXEL}`, "END:VCARD", ""].join("\r\n"),
  "users/zoe@test.example/contacts/Presse/ana.vcf": "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ana\r\nEND:VCARD\r\n",
  "users/zoe@test.example/drive/Dossier/plan.txt": "plan",
  "users/zoe@test.example/drive/lettre.txt": "lettre",
  "users/zoe@test.example/drive/lettre.txt.versions/1": "brouillon",
  "users/zoe@test.example/drive/lettre.txt.permissions.json": JSON.stringify([
    { grantedToV2: "luc@test.example", roles: ["write"] }, { grantedToV2: "bureau" }, { link: { type: "view", scope: "users", webUrl: "https://sites.example/s/1", preventsDownload: true }, grantedToIdentitiesV2: ["luc@test.example"], expirationDateTime: "2027-01-01T00:00:00Z", hasPassword: true },
    { invitation: { email: "ext@ailleurs.example", signInRequired: true } },
  ]),
  "users/zoe@test.example/settings/mailboxSettings.json": JSON.stringify({
    automaticRepliesSetting: { status: "scheduled", externalAudience: "contactsOnly", internalReplyMessage: "<p>Absente</p>", externalReplyMessage: "<p>Absente</p>", scheduledStartDateTime: { dateTime: "2026-08-01T08:00:00.0000000", timeZone: "UTC" } },
    workingHours: {
      daysOfWeek: ["monday"], startTime: "09:00:00.0000000", endTime: "18:00:00.0000000",
      timeZone: { "@odata.type": "#microsoft.graph.customTimeZone", name: "Customized Time Zone", bias: -60, standardOffset: { time: "03:00:00.0000000", dayOccurrence: 5, dayOfWeek: "sunday", month: 10, year: 0 }, daylightOffset: { daylightBias: -60, time: "02:00:00.0000000", dayOccurrence: 5, dayOfWeek: "sunday", month: 3, year: 0 } },
    },
  }),
  "users/zoe@test.example/settings/messageRules.json": JSON.stringify([{
    displayName: "Projets", sequence: 1, conditions: { subjectContains: ["projet"], withinSizeRange: { minimumSize: 1, maximumSize: 10 } }, actions: { moveToFolder: "Inbox/Projets", forwardTo: [{ emailAddress: { name: "Luc", address: "luc@test.example" } }], stopProcessingRules: true },
  }, { displayName: "Réclame", sequence: 2, conditions: { senderContains: ["reclame"] }, actions: { delete: true, stopProcessingRules: true } }]),
  "users/zoe@test.example/settings/mailFolders.json": JSON.stringify({ hidden: ["Clutter"], search: [{ displayName: "Non lus", in: ["Inbox"], filterQuery: "isRead eq false" }] }),
  "users/zoe@test.example/settings/masterCategories.json": JSON.stringify([{ displayName: "Élus", color: "preset3" }]),
  "users/zoe@test.example/settings/overrides.json": JSON.stringify([{ classifyAs: "focused", senderEmailAddress: { name: "Luc", address: "luc@test.example" } }]),
  "sites/eau/site.json": JSON.stringify({ displayName: "Eau" }),
  "sites/eau-annexe/site.json": JSON.stringify({ displayName: "Annexe", description: "Sous-site", parent: "eau" }),
  "sites/eau/drive/arrêté.txt": "arrêté",
  "sites/eau/drive.json": JSON.stringify({ "arrêté.txt": { fields: { Theme: "Eau" }, contentType: { name: "Arrêté" }, checkedOutBy: "Luc" } }),
  "sites/eau/drive.columns.json": JSON.stringify([{ name: "Theme", displayName: "Thème", text: { allowMultipleLines: false, appendChangesToExistingText: false, linesForEditing: 0, maxLength: 255 } }]),
  "sites/eau/lists/Suivi/list.json": JSON.stringify({ displayName: "Suivi", columns: [
    { name: "Agent", displayName: "Agent", personOrGroup: { allowMultipleSelection: false, chooseFromType: "peopleOnly", displayAs: "account" } }, { name: "Jour", displayName: "Jour", dateTime: { displayAs: "default", format: "dateOnly" }, defaultValue: { formula: "", value: "[today]" } },
    { name: "Note", displayName: "Note", number: { decimalPlaces: "automatic", displayAs: "number", maximum: 10, minimum: 0 } }, { name: "Choix", displayName: "Choix", choice: { allowTextEntry: false, choices: ["a", "b"], displayAs: "dropDownMenu" } },
  ] }),
  "sites/eau/lists/Suivi/items.jsonl": `${JSON.stringify({ id: 1, createdDateTime: "2026-01-05T09:00:00Z", createdBy: "zoe@test.example", fields: { Title: "Un", Agent: { LookupId: 11, LookupValue: "Luc" }, Note: 3 }, versions: [{ fields: { Title: "Une" } }] })}\n`,
  ...Object.fromEntries(["sites/eau", "groups/bureau"].flatMap((home) => [
    [`${home}/pages/Accueil.json`, JSON.stringify({
      title: "Accueil", description: "Le site", pageLayout: "home", createdBy: "zoe@test.example", createdDateTime: "2026-01-05T09:00:00Z", publishingState: { level: "checkout", versionId: "1.1", checkedOutBy: "luc@test.example" },
      thumbnailWebUrl: "https://sites.example/vignette.png", reactions: { commentCount: 2, likeCount: 1 }, titleArea: { enableGradientEffect: false, imageWebUrl: "https://sites.example/tete.png", layout: "plain", showAuthor: false, textAlignment: "left" },
      canvasLayout: {
        horizontalSections: [{ layout: "twoColumns", emphasis: "soft", columns: [{ width: 6, webparts: [{ innerHtml: "<p>Bonjour</p>" }] }, { width: 6, webparts: [{ webPartType: "c70391ea-0b10-4ee9-b2b4-006d3fcad0cd", data: {
          dataVersion: "2.2", title: "Liens", description: "Liens utiles", properties: { items: [] }, serverProcessedContent: { htmlStrings: [], searchablePlainTexts: [{ key: "title", value: "Voir" }], links: [{ key: "url", value: "https://sites.example/" }], imageSources: [] },
        } }] }] }],
        verticalSection: { webparts: [{ innerHtml: "<p>À côté</p>" }] },
      },
    })],
    [`${home}/pages/Travaux.json`, JSON.stringify({ title: "Travaux", promotionKind: "newsPost" })],
  ])),
  "teams/Projet/team.json": JSON.stringify({ displayName: "Projet", group: "projet", members: [{ user: "zoe@test.example", roles: ["owner"] }, "luc@test.example"], incomingChannels: [{ displayName: "Voisins", tenantId: "1f0c7a1e-92d4-4a63-8f3b-6d1c0e7b2a45" }] }),
  "teams/Projet/Général/files/plan.txt": "plan",
  "teams/Projet/Général/channel.json": JSON.stringify({ description: "Annonces", tabs: [{ displayName: "Wiki", url: "https://wiki.test.example/" }] }),
  "teams/Projet/Réservé/channel.json": JSON.stringify({ membershipType: "private", members: [{ user: "zoe@test.example", roles: ["owner"] }] }),
  "teams/Projet/Général/messages.jsonl": `${JSON.stringify({
    createdDateTime: "2026-01-05T09:00:00.000Z", from: "zoe@test.example", subject: "Bonjour", importance: "high", body: { contentType: "html", content: '<p><at id="0">Luc</at> <img src="../hostedContents/p.png/$value"></p>' },
    mentions: [{ id: 0, mentionText: "Luc", mentioned: "luc@test.example" }], reactions: [{ reactionType: "like", createdDateTime: "2026-01-05T09:01:00.000Z", user: "luc@test.example" }],
    attachments: [{ id: "a", contentType: "reference", contentUrl: "https://sites.example/plan.txt", name: "plan.txt" }],
    replies: [{ createdDateTime: "2026-01-05T09:02:00.000Z", from: "luc@test.example", body: { contentType: "html", content: '<img src="../hostedContents/p.png/$value">' } }],
  })}\n${JSON.stringify({ createdDateTime: "2026-01-05T10:00:00.000Z", from: null, messageType: "systemEventMessage", body: { contentType: "html", content: "<systemEventMessage/>" }, eventDetail: { "@odata.type": "#microsoft.graph.teamDescriptionUpdatedEventMessageDetail", teamId: "5e0b3c1a-7d0f-4a44-8a5e-0f6f1c9d2b11", teamDescription: "x", initiator: INITIATOR } })}\n`,
  "teams/Projet/Général/hosted/p.png": "PNG",
  "chats/duo/chat.json": JSON.stringify({
    chatType: "meeting", members: ["zoe@test.example", "luc@test.example"], tabs: [{ displayName: "Notes", url: "https://wiki.test.example/notes" }], pinnedMessages: [String(Date.UTC(2026, 0, 5, 9))],
    onlineMeetingInfo: { joinWebUrl: "https://teams.example/join/1", calendarEventId: "AAMk", organizer: "zoe@test.example" },
  }),
  "chats/duo/messages.jsonl": `${JSON.stringify({ createdDateTime: "2026-01-05T09:00:00.000Z", from: "zoe@test.example", body: { contentType: "html", content: '<img src="../hostedContents/p.png/$value">' } })}\n${JSON.stringify({
    createdDateTime: "2026-01-05T10:00:00.000Z", from: null, messageType: "systemEventMessage", body: { contentType: "html", content: "<systemEventMessage/>" },
    eventDetail: { "@odata.type": "#microsoft.graph.chatRenamedEventMessageDetail", chatId: "19:duo@thread.v2", chatDisplayName: "Duo", initiator: INITIATOR },
  })}\n`,
  "chats/duo/hosted/p.png": "PNG",
  ...Object.fromEntries(["users/zoe@test.example", "groups/bureau", "sites/intranet"].flatMap((home) => [
    [`${home}/onenote/Carnet/Notes/1.html`, '<html><head><title>Séance</title></head><body><img src="resources/p.png" data-fullres-src="resources/p.png"/></body></html>'], [`${home}/onenote/Carnet/Notes/resources/p.png`, "PNG"],
    [`${home}/onenote/Carnet/Archives/2025/2.html`, "<html><body>Vieux</body></html>"], [`${home}/onenote/Carnet/Archives/Anciennes/2020/3.html`, "<html><body>Très vieux</body></html>"],
  ])),
  "users/zoe@test.example/todo/Tasks/1.json": JSON.stringify({
    title: "Appeler", status: "completed", importance: "high", dueDateTime: "2026-01-05", reminderDateTime: "2026-01-05T08:00:00", completedDateTime: "2026-01-05T09:00:00", categories: ["Élus"], body: "texte",
    recurrence: { pattern: { type: "weekly", interval: 1, daysOfWeek: ["monday"], firstDayOfWeek: "monday" }, range: { type: "noEnd", startDate: "2026-01-05" } },
    checklistItems: [{ displayName: "Un", isChecked: true }], linkedResources: [{ webUrl: "https://test.example/1", applicationName: "Registre", displayName: "Arrêté", externalId: "1" }],
  }),
  "users/zoe@test.example/todo/Tasks/1.files/note.txt": "note",
  "groups/bureau/group.json": JSON.stringify({ displayName: "Bureau", mail: "bureau@test.example", members: ["zoe@test.example"], owners: ["luc@test.example"] }),
  "groups/droits/group.json": JSON.stringify({ displayName: "Droits", groupTypes: ["DynamicMembership"], mailEnabled: false, securityEnabled: true, membershipRule: "user.department -eq \"DSI\"", onPremisesSyncEnabled: true, members: ["luc@test.example", "bureau"], assignedLicenses: [{ skuId: "05e9a617-0261-4cee-bb44-138d3ef5d965", disabledPlans: [] }] }),
  "groups/bureau/mail/1.eml": "From: Luc <luc@test.example>\r\nTo: bureau@test.example\r\nSubject: Ordre du jour\r\nDate: Mon, 05 Jan 2026 09:00:00 +0100\r\nMessage-ID: <o1@test.example>\r\n\r\nVoici.\r\n",
  "groups/bureau/mail/2.eml": [
    "From: zoe@test.example", "To: bureau@test.example", "Cc: luc@test.example", "Subject: RE: Ordre du jour", "Date: Mon, 05 Jan 2026 10:00:00 +0100", "Message-ID: <o2@test.example>", "In-Reply-To: <o1@test.example>", "References: <o1@test.example>",
    "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"', "", "--b", "Content-Type: text/html; charset=utf-8", "", "<p>Vu</p>", "--b", 'Content-Type: text/plain; name="note.txt"', 'Content-Disposition: attachment; filename="note.txt"', "", "note", "--b--", "",
  ].join("\r\n"),
  "groups/bureau/planner/Plan.json": JSON.stringify({
    createdBy: "luc@test.example", categoryDescriptions: { category1: "Urgent" }, sharedWith: ["zoe@test.example"], tasks: ["Sans colonne"],
    buckets: [{ name: "À faire", tasks: [{
      title: "Écrire", percentComplete: 50, priority: 1, startDateTime: "2026-01-05T08:00:00Z", dueDateTime: "2026-01-09T08:00:00Z", completedDateTime: "2026-01-09T08:00:00Z", completedBy: "luc@test.example", createdBy: "luc@test.example",
      assignments: ["zoe@test.example"], appliedCategories: { category1: true }, details: { description: "Une page", checklist: [{ title: "Relire", isChecked: true }], references: [{ url: "https://test.example/a.docx", alias: "Modèle", type: "Word" }] },
    }] }],
  }),
};

/**
 * Writes a tenant folder with one of each thing that the routes serve, or adds them to one that is there. A message of today is among them, since deltas of channels tell
 * eight months only.
 */
export async function writeSmallTenant(dir: string): Promise<void> {
  const today = { createdDateTime: new Date().toISOString(), from: "luc@test.example", body: { contentType: "html", content: "<p>Aujourd'hui</p>" }, attachments: [{ id: "a", contentType: "reference", name: "plan.txt" }], mentions: [{ id: 0, mentionText: "Zoé", mentioned: "zoe@test.example" }], reactions: [{ user: "zoe@test.example" }] };
  for (const [name, text] of Object.entries(FILES)) {
    const file = path.join(dir, ...name.split("/"));
    if (name === "tenant.json" && existsSync(file)) continue;
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, name === "teams/Projet/Général/messages.jsonl" ? `${text}${JSON.stringify(today)}\n` : text);
  }
}
