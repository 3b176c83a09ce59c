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
    files: handOver(`${CLIENT}/file/file.d.ts`, "The vendor's client could upload them; its README keeps it for product pages, and no date is taken: not written.", "Le client de l'éditeur saurait les déposer ; son README le réserve aux pages du produit, et aucune date n'est prise : pas écrit."),
    channels: handOver(`${CLIENT}/article/article.d.ts`, "Could become articles with comments in a group, by the account that writes, without dates: not written.", "Pourraient devenir des articles commentés dans un groupe, au nom du compte qui écrit, sans dates : pas écrit."),
    chats: handOver(`${CLIENT}/messenger/messenger.d.ts`, "A message is always the sender's who signed in, and has no date of ours: not written.", "Un message est toujours de la personne connectée, et sans date de notre part : pas écrit."),
  },
};
