import { asFiles, handOver, noMailbox, type Platform } from "./platform.js";

const TERMS = "https://atolia.com/legal/terms-of-sales (20 May 2018): the only public text found; it describes no interface";
const unknown = handOver(TERMS, "No public interface was found: hand-over files, once the vendor says what it takes.", "Aucune interface publique trouvée : fichiers à remettre, quand l'éditeur aura dit ce qu'il prend.");

export const atolia: Platform = {
  name: "atolia",
  title: "Atolia",
  page: "docs/targets/atolia.md",
  workloads: { ...asFiles(TERMS), mail: noMailbox(TERMS), calendar: unknown, contacts: unknown, files: unknown, channels: unknown, chats: unknown },
};
