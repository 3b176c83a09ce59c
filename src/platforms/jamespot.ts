import { addressBooksBeside, asFiles, calendarsBeside, handOver, noMailbox, type Platform } from "./platform.js";

const CLIENT = "npm jamespot-user-api 1.3.135, dist/src/apis";
const EXTERNAL = `${CLIENT}/office/office.d.ts: mail, calendars and contacts are shown from outside servers (IMAP, CalDAV, CardDAV), not kept`;

export const jamespot: Platform = {
  name: "jamespot",
  title: "Jamespot",
  page: "docs/targets/jamespot.md",
  workloads: {
    ...asFiles(`${CLIENT}: no bulk way in`),
    mail: noMailbox(EXTERNAL),
    calendar: calendarsBeside(EXTERNAL),
    contacts: addressBooksBeside(EXTERNAL),
    files: handOver(`${CLIENT}/filebank/filebank.d.ts, ${CLIENT}/file/file.d.ts`, "The vendor's client lists and reads the file bank and uploads files to posts; no call of it makes a folder there: not written.", "Le client de l'éditeur liste et lit la GED et joint des fichiers aux publications ; aucun de ses appels n'y crée de dossier : pas écrit."),
    chats: handOver(`${CLIENT}/messenger/messenger.d.ts`, "A message is always the sender's who signed in, and would reach people at once as new: not written.", "Un message est toujours de la personne connectée, et parviendrait aussitôt aux personnes comme nouveau : pas écrit."),
  },
};
