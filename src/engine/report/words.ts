import type { Lang } from "../../core/errors.js";
import { LOSSES, type LossReason } from "../../core/losses.js";
import type { FinalState } from "../../core/state.js";

export interface Words {
  readonly title: string;
  readonly audit: string;
  readonly states: Readonly<Record<FinalState, string>>;
  readonly workloads: Readonly<Record<string, string>>;
  readonly columns: Readonly<Record<"owner" | "workload" | "target" | "seen" | "bytes" | "removed" | "kept" | "same" | "different" | "item" | "state" | "reason" | "remedy" | "losses" | "containers" | "items" | "evidence" | "count" | "meaning", string>>;
  readonly headings: Readonly<Record<"account" | "blocked" | "notable" | "losses" | "forecast", string>>;
  readonly complete: string;
  readonly incomplete: string;
  readonly sums: string;
  readonly none: string;
}

export const WORDS: Readonly<Record<Lang, Words>> = {
  en: {
    title: "Migration report", audit: "Audit (dry run)",
    states: { migrated: "migrated", "already-there": "already there", converted: "converted", skipped: "skipped", failed: "failed", pending: "to do" },
    workloads: { mail: "mail", calendar: "calendar", contacts: "contacts", files: "files", channels: "channels", chats: "chats" },
    columns: {
      owner: "Owner", workload: "Workload", target: "Target", seen: "Seen", bytes: "Bytes", removed: "Removed", kept: "Kept after deletion", same: "Verified same", different: "Different", item: "Item",
      state: "State", reason: "Reason", remedy: "Remedy", losses: "Losses", containers: "Containers", items: "Items", evidence: "Evidence", count: "Count", meaning: "Meaning",
    },
    headings: { account: "Account: every item seen ends in one state", blocked: "Blocked, with the remedy", notable: "Items that need a word", losses: "Losses by reason", forecast: "What each route would lose" },
    complete: "The run is complete.", incomplete: "The run was stopped before its end: run the same command again.", sums: "The sums agree.", none: "None.",
  },
  fr: {
    title: "Rapport de migration", audit: "Audit (à blanc)",
    states: { migrated: "migrés", "already-there": "déjà là", converted: "convertis", skipped: "écartés", failed: "en échec", pending: "à faire" },
    workloads: { mail: "courrier", calendar: "agendas", contacts: "contacts", files: "fichiers", channels: "canaux", chats: "conversations" },
    columns: {
      owner: "Propriétaire", workload: "Contenu", target: "Cible", seen: "Vus", bytes: "Octets", removed: "Supprimés", kept: "Gardés après suppression", same: "Vérifiés identiques", different: "Différents", item: "Élément",
      state: "État", reason: "Raison", remedy: "Remède", losses: "Pertes", containers: "Conteneurs", items: "Éléments", evidence: "Preuve", count: "Nombre", meaning: "Signification",
    },
    headings: { account: "Comptes : chaque élément vu finit dans un seul état", blocked: "Bloqués, avec le remède", notable: "Éléments qui demandent un mot", losses: "Pertes par raison", forecast: "Ce que chaque route perdrait" },
    complete: "L'exécution est complète.", incomplete: "L'exécution a été arrêtée avant sa fin : relancez la même commande.", sums: "Les sommes concordent.", none: "Aucun.",
  },
};

/** A loss reason in words; a code that the catalogue does not know is shown as it is. */
export function lossText(reason: string, lang: Lang): string {
  return reason in LOSSES ? LOSSES[reason as LossReason][lang] : reason;
}
