import { addressBooksBeside, asFiles, handOver, noMailbox, type Platform } from "./platform.js";

const DOCS = "CEO-Vision/gofast-docs@7d97b12";
const SOURCE = "CEO-Vision/gofast@23004fd";
const REST = `${DOCS}, docs-gofast-development/api-rest.rst`;

/** What the adapter `gofast` leaves open. */
export const gofast: Platform = {
  name: "gofast",
  title: "GoFAST (CEO-Vision)",
  page: "docs/targets/gofast.md",
  workloads: {
    ...asFiles(`${REST}: no resource takes it`),
    mail: noMailbox(`${DOCS}, docs-gofast-users/doc-gofast-guide-utilisateurs.rst, "Messagerie": Outlook, Thunderbird or BlueMind`),
    calendar: handOver(`${DOCS}, docs-gofast-users/doc-gofast-utilisation-avancee.rst, "Importation de Calendriers Externes"`,
      "A person imports the `.ics` files of the archive by hand; or `caldav` to BlueMind, which GoFAST reads.", "Une personne importe à la main les fichiers `.ics` de l'archive ; ou `caldav` vers BlueMind, que GoFAST relit."),
    contacts: addressBooksBeside(`${SOURCE}, sites/all/modules/gofast/gofast.module, gofast_api_post_node_node: contacts are one directory for all`),
    tasks: handOver(`${REST}, "Ressource : kanban": GET only`, "The REST interface reads tasks and writes none: records and readable pages in the archive.", "L'interface REST lit les tâches et n'en écrit pas : fiches et pages lisibles dans l'archive."),
    pages: handOver(`${REST}, "Action : node": type article`, "An article made by REST could not be told apart from its double: readable pages in the archive.", "Un article créé par REST ne se distinguerait pas de son double : pages lisibles dans l'archive."),
  },
};
