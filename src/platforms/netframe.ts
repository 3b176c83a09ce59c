import { addressBooksBeside, asFiles, handOver, noMailbox, type Platform } from "./platform.js";

const SOURCE = "NetframeHQ/netframe-core@33e11bf";
const NONE = `${SOURCE}, routes/web.php and routes/api.php`;

export const netframe: Platform = {
  name: "netframe",
  title: "Netframe",
  page: "docs/targets/netframe.md",
  workloads: {
    ...asFiles(NONE),
    mail: noMailbox(NONE),
    calendar: handOver(`${SOURCE}, routes/web.php, "calendar/authorize/{type}"`, "A person couples a calendar of their own with it; a program writes none: `.ics` files.", "Une personne y relie un agenda à elle ; un programme n'en écrit pas : fichiers `.ics`."),
    contacts: addressBooksBeside(NONE),
    chats: handOver(`${SOURCE}, app/Http/Controllers/Channel/MessagesController.php`, "A message is of the person who is signed in, and reaches the phones of the others at once: not written.", "Un message est de la personne connectée, et parvient aussitôt aux téléphones des autres : pas écrit."),
    directory: handOver(`${SOURCE}, app/Http/Controllers/Instance/InstanceController.php, "import"`, "People are imported as CSV by an administrator; each gets an e-mail: lists in the archive.", "Un administrateur importe les personnes en CSV ; chacune reçoit un courriel : listes dans l'archive."),
  },
};
