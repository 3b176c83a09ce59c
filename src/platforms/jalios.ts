import { addressBooksBeside, asFiles, calendarsBeside, handOver, noMailbox, type Platform } from "./platform.js";

const CLIENT = "departement-loire-atlantique/zelli@95b69c4";
const NONE = `${CLIENT}, src/app/services/jcms-client.service.ts: the only public client found; it shows nothing of the kind`;

export const jalios: Platform = {
  name: "jalios",
  title: "Jalios JPlatform",
  page: "docs/targets/jalios.md",
  workloads: {
    ...asFiles(NONE),
    mail: noMailbox("https://community.jalios.com/jcms/jc2_491680/en/jmail-plugin: mail is that of Exchange, Office 365 or Google"),
    calendar: calendarsBeside(NONE),
    contacts: addressBooksBeside(NONE),
    chats: handOver(NONE, "No public source shows a chat that a program may write.", "Aucune source publique ne montre de messagerie instantanée qu'un programme puisse écrire."),
  },
};
