import { addressBooksBeside, asFiles, handOver, noMailbox, type Platform } from "./platform.js";

const CLIENT = "whallerfr/client-python@306f0ff, whaller_client/endpoints";
const NONE = `${CLIENT}: box, invitation, me and upload are all there is`;

/** What the adapter `whaller` leaves open. */
export const whaller: Platform = {
  name: "whaller",
  title: "Whaller",
  page: "docs/targets/whaller.md",
  workloads: {
    ...asFiles(NONE),
    mail: noMailbox(NONE),
    calendar: handOver(NONE, "Events are made by people in a sphere: `.ics` files.", "Les événements se créent à la main dans une sphère : fichiers `.ics`."),
    contacts: addressBooksBeside(NONE),
    channels: handOver(NONE, "No documented way to write a message: pages of the archive, to be put in the box of the sphere.", "Pas de façon documentée d'écrire un message : pages de l'archive, à mettre dans le coffre de la sphère."),
    chats: handOver(NONE, "No documented way to write a message: pages of the archive.", "Pas de façon documentée d'écrire un message : pages de l'archive."),
  },
};
