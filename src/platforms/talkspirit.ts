import { addressBooksBeside, asFiles, calendarsBeside, handOver, noMailbox, type Platform } from "./platform.js";

const DOCS = "talkspirit/talkspirit.github.com@20969a6, _docs";
const NONE = `${DOCS}/index.md: incoming webhooks are the only interface`;

/** What the adapter `talkspirit` leaves open. */
export const talkspirit: Platform = {
  name: "talkspirit",
  title: "Talkspirit",
  page: "docs/targets/talkspirit.md",
  workloads: {
    ...asFiles(NONE),
    mail: noMailbox(NONE),
    calendar: calendarsBeside(NONE),
    contacts: addressBooksBeside(NONE),
    files: handOver("https://help.talkspirit.com/en/articles/4552525-talkspirit-drive: files are uploaded by people", "People upload the files of the archive to the drive of their group.", "Les personnes déposent les fichiers de l'archive dans l'espace de leur groupe."),
    chats: handOver(`${DOCS}/create-bot.md`, "A bot answers where it was spoken to; it starts no conversation.", "Un bot répond là où on lui parle ; il n'ouvre pas de conversation."),
    directory: handOver("https://help.talkspirit.com/en/articles/6324867-scim-user-provisioning", "The directory provisions people by SCIM, groups are not taken: lists in the archive.", "L'annuaire crée les personnes par SCIM, les groupes ne sont pas pris : listes dans l'archive."),
  },
};
