import type { AccountFacts, GroupFacts } from "../../core/source.js";
import type { Lang } from "../../core/errors.js";
import { LOSSES, type LossReason } from "../../core/losses.js";
import { SKIPS } from "../../core/skips.js";

const en = {
  title: "Migration report", audit: "Audit (dry run)",
  kinds: { full: "full pass", delta: "delta pass", cutover: "cutover pass" },
  states: { migrated: "migrated", "already-there": "already there", converted: "converted", skipped: "skipped", failed: "failed", pending: "to do" },
  verdicts: { same: "verified same", different: "different at the target", missing: "missing at the target", unverifiable: "could not be verified" },
  workloads: { mail: "mail", calendar: "calendar", contacts: "contacts", files: "files", channels: "channels", chats: "chats", settings: "mailbox settings", lists: "lists", pages: "site pages", tasks: "tasks", notes: "notes", directory: "directory" },
  support: { native: "full", partial: "partial", package: "as a package", none: "not possible" },
  evidence: { live: "tested on the real product", "own-server": "tested on a server of ours", emulator: "tested on an emulator", documented: "from documentation", package: "package", none: "none" },
  columns: {
    owner: "Owner", workload: "Workload", target: "Target", seen: "Seen", bytes: "Size", removed: "Removed", kept: "Kept after deletion", same: "Verified same", different: "Different or missing", unverifiable: "Unverifiable",
    item: "Item", state: "State", reason: "Reason", remedy: "Remedy", losses: "Losses", containers: "Containers", items: "Items", support: "Support", evidence: "Evidence", count: "Items", meaning: "Meaning", certainty: "Certainty", code: "Code", what: "What", source: "Source",
  },
  headings: {
    account: "Account: every item seen ends in one state", blocked: "Blocked, with the remedy", failed: "Items to act upon", notable: "Items converted or left out by rule",
    losses: "Losses by reason", forecast: "What the routes would lose", plan: "What is there, and where it would go", gaps: "What the source does not give", routes: "To be told of who goes where",
  },
  complete: "The run is complete.", incomplete: "The run was stopped before its end: run the same command again.",
  sums: "The sums agree.", noSums: "The sums do not agree: this is a defect of the program; keep the vault and report it.",
  retry: "Run the same command again after the remedy: only what failed is tried again.", none: "None.", total: "Total",
  more: (shown: number, all: number): string => `The first ${shown} of ${all}; items.csv holds them all.`,
  sure: (items: number | undefined): string => (items === undefined ? "sure" : `sure, ${items} items`),
  possible: (items: number | undefined): string => (items === undefined ? "possible" : `possible, ${items} items at most`),
  mailboxes: { user: "mailbox", shared: "shared mailbox", room: "room mailbox", equipment: "equipment mailbox", linked: "linked mailbox", others: "mailbox of another kind", none: "no mailbox", unknown: "mailbox of unknown kind" } as Readonly<Record<string, string>>,
  account: { guest: "guest", disabled: "account disabled", licences: (names: string): string => `licences: ${names}`, unlicensed: "no licence" },
  groups: { microsoft365: "Microsoft 365 group", security: "security group", "mail-security": "mail-enabled security group", distribution: "distribution group" } as Readonly<Record<string, string>>,
  group: { dynamic: "members by rule", synced: "synchronised from on premises" },
  unread: (items: number): string => `${items} of the items verified the same were not read again by the last verification (--changed): their server says that nothing has changed since. A backup put back there, a damaged disk or a damaged vault is seen by verify without --changed only.`,
  tooLarge: "Larger than the target takes.",
  clear: "Nothing blocks.", blockers: (count: number): string => (count === 1 ? "One route is blocked." : `${count} routes are blocked.`),
} as const;

type Texts<T> = { readonly [K in keyof T]: T[K] extends string ? string : T[K] extends (...parts: infer P) => string ? (...parts: P) => string : Texts<T[K]> };
export type Words = Texts<typeof en>;

export const WORDS: Readonly<Record<Lang, Words>> = {
  en,
  fr: {
    title: "Rapport de migration", audit: "Audit (à blanc)",
    kinds: { full: "passe complète", delta: "passe delta", cutover: "passe de bascule" },
    states: { migrated: "migré", "already-there": "déjà là", converted: "converti", skipped: "écarté", failed: "en échec", pending: "à faire" },
    verdicts: { same: "vérifié identique", different: "différent sur la cible", missing: "absent de la cible", unverifiable: "invérifiable" },
    workloads: { mail: "courrier", calendar: "agendas", contacts: "contacts", files: "fichiers", channels: "canaux", chats: "conversations", settings: "réglages de messagerie", lists: "listes", pages: "pages de site", tasks: "tâches", notes: "notes", directory: "annuaire" },
    support: { native: "complète", partial: "partielle", package: "en paquet", none: "impossible" },
    evidence: { live: "essayé sur le produit réel", "own-server": "essayé sur un serveur à nous", emulator: "essayé sur un émulateur", documented: "d'après la documentation", package: "paquet", none: "aucune" },
    columns: {
      owner: "Propriétaire", workload: "Contenu", target: "Cible", seen: "Vus", bytes: "Taille", removed: "Supprimés", kept: "Gardés après suppression", same: "Vérifiés identiques", different: "Différents ou absents", unverifiable: "Invérifiables",
      item: "Élément", state: "État", reason: "Raison", remedy: "Remède", losses: "Pertes", containers: "Conteneurs", items: "Éléments", support: "Prise en charge", evidence: "Preuve", count: "Éléments", meaning: "Signification", certainty: "Certitude", code: "Code", what: "Quoi", source: "Source",
    },
    headings: {
      account: "Comptes : chaque élément vu finit dans un seul état", blocked: "Bloqués, avec le remède", failed: "Éléments à traiter", notable: "Éléments convertis ou écartés par règle",
      losses: "Pertes par raison", forecast: "Ce que les routes perdraient", plan: "Ce qu'il y a, et où cela irait", gaps: "Ce que la source ne donne pas", routes: "À savoir de qui va où",
    },
    complete: "L'exécution est complète.", incomplete: "L'exécution a été arrêtée avant sa fin : relancez la même commande.",
    sums: "Les sommes concordent.", noSums: "Les sommes ne concordent pas : c'est un défaut du programme ; gardez le coffre et signalez-le.",
    retry: "Relancez la même commande après le remède : seul ce qui a échoué est repris.", none: "Aucun.", total: "Total",
    more: (shown, all) => `Les ${shown} premiers sur ${all} ; items.csv les contient tous.`,
    sure: (items) => (items === undefined ? "certaine" : `certaine, ${items} éléments`),
    possible: (items) => (items === undefined ? "possible" : `possible, ${items} éléments au plus`),
    mailboxes: { user: "boîte", shared: "boîte partagée", room: "boîte de salle", equipment: "boîte d'équipement", linked: "boîte liée", others: "boîte d'une autre sorte", none: "pas de boîte", unknown: "boîte de nature inconnue" },
    account: { guest: "invité", disabled: "compte désactivé", licences: (names) => `licences : ${names}`, unlicensed: "sans licence" },
    groups: { microsoft365: "groupe Microsoft 365", security: "groupe de sécurité", "mail-security": "groupe de sécurité à messagerie", distribution: "groupe de distribution" },
    group: { dynamic: "membres par règle", synced: "synchronisé depuis l'annuaire local" },
    unread: (items) => `${items} des éléments vérifiés identiques n'ont pas été relus par la dernière vérification (--changed) : leur serveur dit que rien n'a changé depuis. Une sauvegarde remise en place, un disque abîmé ou un coffre abîmé ne se voient que par verify sans --changed.`,
    tooLarge: "Plus grand que la cible n'en prend.",
    clear: "Rien ne bloque.", blockers: (count) => (count === 1 ? "Une route est bloquée." : `${count} routes sont bloquées.`),
  },
};

/** A loss reason in words; a code that the catalogue does not know is shown as it is. */
export function lossText(reason: string, lang: Lang): string {
  return Object.hasOwn(LOSSES, reason) ? LOSSES[reason as LossReason][lang] : reason;
}

/** "possible, 12 items at most". */
export function certaintyText({ sure, items }: { readonly sure: boolean; readonly items?: number }, lang: Lang): string {
  return (sure ? WORDS[lang].sure : WORDS[lang].possible)(items);
}

/** A rule of `skips.ts`, or the size, in words. */
export function leftOutText(code: string, lang: Lang): string {
  if (Object.hasOwn(SKIPS, code)) return SKIPS[code as keyof typeof SKIPS][lang];
  return code === "ITEM_TOO_LARGE" ? WORDS[lang].tooLarge : code;
}

/** "shared mailbox, account disabled, no licence". */
export function accountText({ mailbox, enabled, guest, licences }: AccountFacts, lang: Lang): string {
  const { mailboxes, account } = WORDS[lang];
  const kind = Object.hasOwn(mailboxes, mailbox) ? mailboxes[mailbox] ?? mailbox : mailbox;
  return [...(guest ? [account.guest] : []), kind, ...(enabled ? [] : [account.disabled]), licences.length === 0 ? account.unlicensed : account.licences(licences.join(", "))].join(", ");
}

/** "security group, members by rule". */
export function groupText({ kind, dynamic, synced, licences }: GroupFacts, lang: Lang): string {
  const { groups, group, account } = WORDS[lang];
  return [groups[kind] ?? kind, ...(dynamic ? [group.dynamic] : []), ...(synced ? [group.synced] : []), ...(licences.length === 0 ? [] : [account.licences(licences.join(", "))])].join(", ");
}

/** What the directory tells of an owner, in words; undefined where nothing is told. */
export function factsText({ account, group }: { readonly account?: AccountFacts; readonly group?: GroupFacts }, lang: Lang): string | undefined {
  return account === undefined ? group && groupText(group, lang) : accountText(account, lang);
}

/** "2026-11-24 09:12 UTC" of an ISO 8601 instant. */
export function instantText(instant: string): string {
  const found = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(instant);
  return found === null ? instant : `${found[1] ?? ""} ${found[2] ?? ""} UTC`;
}
