import { addressBooksBeside, asFiles, handOver, noMailbox, type Platform } from "./platform.js";

const CLIENT = "whallerfr/client-python@306f0ff, whaller_client/endpoints";
const NONE = `${CLIENT}: box, invitation, me and upload are all there is`;

export const whaller: Platform = {
  name: "whaller",
  title: "Whaller",
  page: "docs/targets/whaller.md",
  workloads: {
    ...asFiles(NONE),
    mail: noMailbox(NONE),
    calendar: handOver(NONE, "Events are made by people in a sphere: `.ics` files.", "Les événements se créent à la main dans une sphère : fichiers `.ics`."),
    contacts: addressBooksBeside(NONE),
    files: handOver(`${CLIENT}/box.py and upload.py`, "The vendor's client shows an upload to the box of a sphere, by methods that it does not define: not written before a trial. People can import the files of the archive.", "Le client de l'éditeur montre un dépôt dans le coffre d'une sphère, par des méthodes qu'il ne définit pas : pas écrit avant un essai. Les personnes peuvent importer les fichiers de l'archive."),
    channels: handOver(NONE, "No documented way to write a message: pages of the archive, to be put in the box of the sphere.", "Pas de façon documentée d'écrire un message : pages de l'archive, à mettre dans le coffre de la sphère."),
    chats: handOver(NONE, "No documented way to write a message: pages of the archive.", "Pas de façon documentée d'écrire un message : pages de l'archive."),
  },
};
