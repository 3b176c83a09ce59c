import { addressBooksBeside, asFiles, handOver, noMailbox, type Platform } from "./platform.js";

const CLIENT = "praftr/wimi-api-client@c6e4535, src/Request";
const NONE = `${CLIENT}: none of its 580 requests`;

/** What the adapter `wimi` leaves open. */
export const wimi: Platform = {
  name: "wimi",
  title: "Wimi",
  page: "docs/targets/wimi.md",
  workloads: {
    ...asFiles(NONE),
    mail: noMailbox(NONE),
    calendar: handOver(`${CLIENT}/Calendar/Event/CreateRequest.php`, "The agenda of a project can be written, but what an event consists of is in no public source: `.ics` files.", "L'agenda d'un projet s'écrit, mais ce dont un événement est fait n'est dans aucune source publique : fichiers `.ics`."),
    contacts: addressBooksBeside(NONE),
    chats: handOver(`${CLIENT}/Chat/Chat/PostMessageRequest.php`, "A message takes neither author nor date nor thread: not written.", "Un message ne prend ni auteur, ni date, ni fil : pas écrit."),
    tasks: handOver(`${CLIENT}/Task/Task/CreateRequest.php`, "Tasks with authors and dates can be made; whether the server keeps those is not known: not written.", "Des tâches avec auteurs et dates se créent ; on ne sait pas si le serveur les garde : pas écrit."),
  },
};
