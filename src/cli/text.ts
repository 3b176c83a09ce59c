import type { Lang } from "../core/errors.js";
import type { FinalState } from "../core/state.js";

/** Every sentence of the terminal that is not an error, in both languages. */
export interface Text {
  readonly error: string;
  readonly remedy: string;
  readonly states: Readonly<Record<FinalState, string>>;
  readonly workloads: Readonly<Record<string, string>>;
  readonly seen: string;
  readonly removed: string;
  readonly kept: string;
  readonly verified: (same: number, different: number, missing: number, unverifiable: number) => string;
  readonly blocked: string;
  readonly goOn: (command: string) => string;
  readonly stopping: string;
  readonly stoppedByDuration: string;
  readonly report: (file: string) => string;
  readonly archive: (dir: string) => string;
  readonly pulled: string;
  readonly throttled: string;
  readonly errors: string;
  readonly nothingYet: string;
  readonly nothingFailed: string;
  readonly failedRow: (owner: string, workload: string, target: string, items: number) => string;
  readonly unverified: string;
  readonly ok: string;
  readonly notOk: string;
  readonly note: string;
  readonly written: (file: string) => string;
  readonly passLine: (kind: string, startedAt: string, complete: boolean) => string;
  readonly auditHead: string;
  readonly containers: (count: number) => string;
  readonly auditRow: (items: number | undefined, containers: number, bytes: string) => string;
  readonly rights: (rows: number, outside: number) => string;
  readonly forecastHead: string;
  readonly noForecast: string;
  readonly leftOut: (items: number) => string;
  readonly noBlockers: string;
  readonly unreached: string;
  readonly findings: (problems: number, blobs: number, records: number) => string;
  readonly repaired: string;
  readonly toReadAgain: string;
  readonly repairSummary: (repaired: number, toReadAgain: number) => string;
  readonly rebuilt: (owners: number, records: number, blobs: number) => string;
  readonly rebuiltLeftOut: (entries: number) => string;
  readonly looked: (items: number) => string;
  readonly found: (items: number, looked: number) => string;
  readonly exporting: (messages: number) => string;
  readonly exportingFiles: (files: number) => string;
  readonly copying: (records: number) => string;
  readonly copied: (owners: number, records: number, dir: string) => string;
  readonly copiedLost: (blobs: number) => string;
  readonly exportedMail: (messages: number, folders: number, dir: string) => string;
  readonly exportedBag: (files: number, dir: string) => string;
  readonly exportLosses: (messages: number) => string;
  readonly exportLeftOut: (what: string) => string;
  readonly step: Readonly<Record<"sandbox" | "doctor" | "audit" | "migrate" | "delta" | "verify" | "report", string>>;
  readonly erasedOwners: (names: string) => string;
  readonly wouldErase: (owner: string, folders: string) => string;
  readonly eraseHolding: (workload: string, items: number, bytes: string) => string;
  readonly eraseHeir: (chats: number, heir: string) => string;
  readonly eraseElsewhere: string;
  readonly eraseConfirm: (owner: string) => string;
  readonly erasedNow: (items: number, handed: number, id: string) => string;
  readonly nothingToFinish: string;
  readonly vaultPlain: string;
  readonly identityOpens: (dir: string, recipients: number, made: boolean) => string;
  readonly checkedClosed: string;
  readonly notOffered: (what: string, cloud: string, source: string) => string;
  readonly beyond: (workload: string, what: string) => string;
  readonly untold: (properties: string) => string;
  readonly unknownOwners: (names: string) => string;
  readonly appLeftOut: (app: string) => string;
  readonly signInCode: (page: string, code: string, minutes: number) => string;
  readonly signedIn: (person: string) => string;
  readonly signInKept: (file: string) => string;
  readonly signInNotKept: string;
  readonly signInForgotten: string;
  readonly planHead: (units: number, atOnce: number) => string;
  readonly boundHead: string;
  readonly boundUncounted: (workloads: string) => string;
  readonly boundBlocked: (units: number) => string;
  readonly boundTotal: (time: string) => string;
  readonly routes: string;
  readonly route: (number: number) => string;
  readonly routesHead: string;
  readonly routeOwners: (owners: number) => string;
  readonly everything: string;
  readonly identities: (rows: number, kinds: string) => string;
  readonly identityStatus: Readonly<Record<"new" | "changed" | "gone", string>>;
  readonly identitiesOk: string;
  readonly provisioned: (users: number, groups: number, members: number, dir: string) => string;
  readonly handedOver: (dir: string, files: number, size: string, parts: number) => string;
  readonly handoverDelta: (added: number, changed: number, gone: number) => string;
  readonly handoverItems: (delivered: number, kept: number, skipped: number, failed: number, pending: number) => string;
  readonly handoverSums: (sha256: string) => string;
  readonly handoverSame: (number: number, dir: string) => string;
  readonly handoverRefused: (file: string) => string;
}

const en: Text = {
  error: "Error",
  remedy: "Remedy:",
  states: { migrated: "migrated", "already-there": "already there", converted: "converted with losses", skipped: "skipped by rule", failed: "failed", pending: "still to do" },
  workloads: { mail: "mail", calendar: "calendar", contacts: "contacts", files: "files", channels: "channels", chats: "chats", settings: "mailbox settings", lists: "lists", pages: "site pages", tasks: "tasks", notes: "notes", directory: "directory" },
  seen: "items at the source",
  removed: "removed at the target",
  kept: "deleted at the source, kept at the target",
  verified: (same, different, missing, unverifiable) => `verified: ${same} same, ${different} different, ${missing} missing, ${unverifiable} unverifiable`,
  blocked: "blocked",
  goOn: (command) => `Stopped; nothing is lost. Go on with: ${command}`,
  stopping: "Stopping: what is in flight is being finished (again Ctrl-C = at once).",
  stoppedByDuration: "The time given by --max-duration is over.",
  report: (file) => `Report: ${file}`,
  archive: (dir) => `Archive: ${dir}`,
  pulled: "read",
  throttled: "throttled",
  errors: "errors",
  nothingYet: "Nothing has been migrated yet.",
  nothingFailed: "Nothing of what was asked for has failed.",
  failedRow: (owner, workload, target, items) => `${owner}, ${workload} → ${target}: ${items === 0 ? "blocked" : `${items} failed`}`,
  unverified: "not verified",
  ok: "ok",
  notOk: "NOT OK",
  note: "note",
  written: (file) => `Written: ${file}`,
  passLine: (kind, startedAt, complete) => `Last pass: ${kind}, started ${startedAt}, ${complete ? "complete" : "not complete"}`,
  auditHead: "What is there, and what each route would do (nothing is written):",
  containers: (count) => `${count} containers`,
  auditRow: (items, containers, bytes) => (items === undefined ? `${containers} containers, items not told by the source` : `${items} items in ${containers} containers${bytes}`),
  rights: (rows, outside) => `${rows} rights on files and folders, of which ${outside} reach outside the organisation`,
  forecastHead: "What each route costs (all owners together):",
  noForecast: "no loss foreseen",
  leftOut: (items) => `left out, ${items} items`,
  noBlockers: "Nothing blocks.",
  unreached: "Not reached, and so not counted:",
  findings: (problems, blobs, records) => `${records} records, ${blobs} blobs checked: ${problems === 0 ? "no problem" : `${problems} problem(s)`}`,
  repaired: "repaired",
  toReadAgain: "to be read again",
  repairSummary: (repaired, toReadAgain) => (repaired + toReadAgain === 0 ? "Nothing to repair" : `${repaired} repaired; ${toReadAgain} items are lost from the vault, and the next pull or migrate reads them again`),
  rebuilt: (owners, records, blobs) => `Index made anew: ${owners} owners, ${records} records, ${blobs} blobs`,
  rebuiltLeftOut: (entries) => `${entries} entries or lines are damaged or unknown to this program, and not in the index: vault check --read-data names them`,
  looked: (items) => `${items} items looked at`,
  found: (items, looked) => `${items} found among ${looked} items`,
  exporting: (messages) => `${messages} messages written`,
  exportingFiles: (files) => `${files} files written`,
  copying: (records) => `${records} records copied`,
  copied: (owners, records, dir) => `${dir} holds the whole vault: ${owners} owners, ${records} records. Look at it with vault check --read-data before you delete the other`,
  copiedLost: (blobs) => `${blobs} contents that only former states of items named were lost already`,
  exportedMail: (messages, folders, dir) => `${messages} messages in ${folders} folders: ${dir}`,
  exportedBag: (files, dir) => `Bag of ${files} files: ${dir}`,
  exportLosses: (messages) => `${messages} messages have something that this form cannot hold, or that reading could not keep: index.jsonl names it`,
  exportLeftOut: (what) => `Not mail, and not in this export: ${what}`,
  step: {
    sandbox: "A small public body, served as Microsoft Graph on this machine", doctor: "Doctor: sign-in, consents, targets", audit: "Audit: what is there (dry run)",
    migrate: "Migrate: everything to the archive", delta: "Delta: what has changed since", verify: "Verify: re-read and compare", report: "Report",
  },
  erasedOwners: (names) => `Erased from the vault, so not read again: ${names}`,
  wouldErase: (owner, folders) => `What the vault holds of ${owner} (${folders}):`,
  eraseHolding: (workload, items, bytes) => `  ${workload}: ${items} items, ${bytes}`,
  eraseHeir: (chats, heir) => `  ${chats} chats that others share go to ${heir}`,
  eraseElsewhere: "Only the vault is erased: not the targets, reports, exports, logs, backups, nor Microsoft 365.",
  eraseConfirm: (owner) => `This cannot be undone. Type the owner's name (${owner}) to erase: `,
  erasedNow: (items, handed, id) => `Erased: ${items} items; ${handed} handed to others who share them. Proof ${id} in erasures.jsonl`,
  nothingToFinish: "No erasure was cut off.",
  vaultPlain: "The vault is not encrypted.",
  identityOpens: (dir, recipients, made) => `opens ${made ? dir : `the vault that the first run makes in ${dir}`}, encrypted for ${recipients} ${recipients === 1 ? "recipient" : "recipients"}`,
  checkedClosed: "Encrypted, no identity given: only what can be told without it was checked; records were not read.",
  beyond: (workload, what) => `closed to this reader: ${workload}: ${what}`,
  notOffered: (what, cloud, source) => `not offered by ${cloud}: ${what} (${source})`,
  untold: (properties) => `not told by this cloud: ${properties}`,
  unknownOwners: (names) => `Not at the source: ${names}`,
  signInCode: (page, code, minutes) => `To sign in, open ${page} in a browser and enter the code ${code} (within ${minutes} minutes). Only enter a code that you asked for yourself.`,
  signedIn: (person) => `Signed in: ${person}`,
  signInKept: (file) => `Kept for the next runs, readable by you alone: ${file} (o365-exodus sign-in --forget removes it)`,
  signInNotKept: "Not kept: the next command asks again (source.keepSignIn).",
  signInForgotten: "The sign-in is forgotten here. Copies of it hold until the person's sessions are revoked in Entra.",
  appLeftOut: (app) => `The run goes on without the application ${app}.`,
  planHead: (units, atOnce) => `${units} units, ${atOnce} at once:`,
  boundHead: "What binds each workload (units under the limit, whole windows):",
  boundUncounted: (workloads) => `Not counted without reading, so that their part is too low: ${workloads}`,
  boundBlocked: (units) => `${units} units could not be counted; audit says why.`,
  boundTotal: (time) => `No run can take less than ${time}.`,
  routes: "routes",
  route: (number) => `route ${number}`,
  routesHead: "Who goes where (the first route that matches is taken):",
  routeOwners: (owners) => (owners === 0 ? "nobody" : `${owners} owner(s)`),
  everything: "everything",
  identities: (rows, kinds) => `${rows} line(s) in the identity map: ${kinds}`,
  identityStatus: { new: "new", changed: "changed in the directory", gone: "gone from the directory" },
  identitiesOk: "nothing wrong in the identity map",
  provisioned: (users, groups, members, dir) => `${users} users, ${groups} groups, ${members} memberships: ${dir}`,
  handedOver: (dir, files, size, parts) => `Package: ${dir}, ${files} files (${size}) in ${parts} parts`,
  handoverDelta: (added, changed, gone) => `Since the package before: ${added} files new, ${changed} changed, ${gone} gone`,
  handoverItems: (delivered, kept, skipped, failed, pending) => `Items: ${delivered} delivered, ${kept} deleted at the source and kept, ${skipped} left out by rule, ${failed} failed, ${pending} not there yet`,
  handoverSums: (sha256) => `SHA-256 of SHA256SUMS, to be told apart from the package: ${sha256}`,
  handoverSame: (number, dir) => `Nothing has changed since package ${number} in ${dir}.`,
  handoverRefused: (file) => `Not the archive's own, so not handed over: ${file}`,
};

const fr: Text = {
  error: "Erreur",
  remedy: "Remède :",
  states: { migrated: "migrés", "already-there": "déjà là", converted: "convertis avec pertes", skipped: "écartés par règle", failed: "en échec", pending: "restant à faire" },
  workloads: { mail: "courrier", calendar: "agendas", contacts: "contacts", files: "fichiers", channels: "canaux", chats: "conversations", settings: "réglages de messagerie", lists: "listes", pages: "pages de site", tasks: "tâches", notes: "notes", directory: "annuaire" },
  seen: "éléments à la source",
  removed: "supprimés à la cible",
  kept: "supprimés à la source, gardés à la cible",
  verified: (same, different, missing, unverifiable) => `vérification : ${same} identiques, ${different} différents, ${missing} manquants, ${unverifiable} invérifiables`,
  blocked: "bloqué",
  goOn: (command) => `Arrêté ; rien n'est perdu. Pour continuer : ${command}`,
  stopping: "Arrêt : ce qui est en cours se termine (Ctrl-C encore = immédiatement).",
  stoppedByDuration: "Le temps accordé par --max-duration est écoulé.",
  report: (file) => `Rapport : ${file}`,
  archive: (dir) => `Archive : ${dir}`,
  pulled: "lus",
  throttled: "ralenti",
  errors: "erreurs",
  nothingYet: "Rien n'a encore été migré.",
  nothingFailed: "Rien de ce qui est demandé n'a échoué.",
  failedRow: (owner, workload, target, items) => `${owner}, ${workload} → ${target} : ${items === 0 ? "bloqué" : `${items} en échec`}`,
  unverified: "non vérifié",
  ok: "ok",
  notOk: "PROBLÈME",
  note: "à noter",
  written: (file) => `Écrit : ${file}`,
  passLine: (kind, startedAt, complete) => `Dernière passe : ${kind}, commencée le ${startedAt}, ${complete ? "complète" : "incomplète"}`,
  auditHead: "Ce qu'il y a, et ce que ferait chaque route (rien n'est écrit) :",
  containers: (count) => `${count} conteneurs`,
  auditRow: (items, containers, bytes) => (items === undefined ? `${containers} conteneurs, nombre d'éléments non donné par la source` : `${items} éléments dans ${containers} conteneurs${bytes}`),
  rights: (rows, outside) => `${rows} droits sur des fichiers et dossiers, dont ${outside} atteignent l'extérieur de l'organisme`,
  forecastHead: "Ce que coûte chaque route (tous propriétaires ensemble) :",
  noForecast: "aucune perte prévue",
  leftOut: (items) => `écartés, ${items} éléments`,
  noBlockers: "Rien ne bloque.",
  unreached: "Hors d'atteinte, donc non compté :",
  findings: (problems, blobs, records) => `${records} enregistrements, ${blobs} contenus contrôlés : ${problems === 0 ? "aucun problème" : `${problems} problème(s)`}`,
  repaired: "réparé",
  toReadAgain: "à relire",
  repairSummary: (repaired, toReadAgain) => (repaired + toReadAgain === 0 ? "Rien à réparer" : `${repaired} réparation(s) ; ${toReadAgain} élément(s) perdu(s) par le coffre, que le prochain pull ou migrate relit`),
  rebuilt: (owners, records, blobs) => `Index refait : ${owners} propriétaires, ${records} enregistrements, ${blobs} contenus`,
  rebuiltLeftOut: (entries) => `${entries} entrées ou lignes sont abîmées ou inconnues de ce programme, et absentes de l'index : vault check --read-data les nomme`,
  looked: (items) => `${items} éléments examinés`,
  found: (items, looked) => `${items} trouvés parmi ${looked} éléments`,
  exporting: (messages) => `${messages} messages écrits`,
  exportingFiles: (files) => `${files} fichiers écrits`,
  copying: (records) => `${records} enregistrements copiés`,
  copied: (owners, records, dir) => `${dir} contient tout le coffre : ${owners} propriétaires, ${records} enregistrements. Vérifiez-le par vault check --read-data avant de supprimer l'autre`,
  copiedLost: (blobs) => `${blobs} contenus que seuls d'anciens états d'éléments nommaient étaient déjà perdus`,
  exportedMail: (messages, folders, dir) => `${messages} messages dans ${folders} dossiers : ${dir}`,
  exportedBag: (files, dir) => `Paquet de ${files} fichiers : ${dir}`,
  exportLosses: (messages) => `${messages} messages ont quelque chose que cette forme ne peut porter, ou que la lecture n'a pu garder : index.jsonl le nomme`,
  exportLeftOut: (what) => `Hors courrier, donc hors de cette exportation : ${what}`,
  step: {
    sandbox: "Un petit établissement public, servi comme Microsoft Graph sur cette machine", doctor: "Diagnostic : connexion, consentements, cibles", audit: "Audit : ce qu'il y a (à blanc)",
    migrate: "Migration : tout vers l'archive", delta: "Delta : ce qui a changé depuis", verify: "Vérification : relecture et comparaison", report: "Rapport",
  },
  erasedOwners: (names) => `Effacés du coffre, donc pas relus : ${names}`,
  wouldErase: (owner, folders) => `Ce que le coffre contient de ${owner} (${folders}) :`,
  eraseHolding: (workload, items, bytes) => `  ${workload} : ${items} éléments, ${bytes}`,
  eraseHeir: (chats, heir) => `  ${chats} conversations partagées vont à ${heir}`,
  eraseElsewhere: "Seul le coffre est effacé : ni les cibles, ni les rapports, exportations, journaux, sauvegardes, ni Microsoft 365.",
  eraseConfirm: (owner) => `C'est irréversible. Tapez le nom du propriétaire (${owner}) pour effacer : `,
  erasedNow: (items, handed, id) => `Effacés : ${items} éléments ; ${handed} remis à ceux qui les partagent. Preuve ${id} dans erasures.jsonl`,
  nothingToFinish: "Aucun effacement n'a été interrompu.",
  vaultPlain: "Le coffre n'est pas chiffré.",
  identityOpens: (dir, recipients, made) => `ouvre ${made ? dir : `le coffre que fera la première exécution dans ${dir}`}, chiffré pour ${recipients} ${recipients === 1 ? "destinataire" : "destinataires"}`,
  checkedClosed: "Chiffré, sans identité donnée : seul ce qui peut être dit sans elle est contrôlé ; les enregistrements ne sont pas lus.",
  beyond: (workload, what) => `fermé à ce lecteur : ${workload} : ${what}`,
  notOffered: (what, cloud, source) => `non proposé par ${cloud} : ${what} (${source})`,
  untold: (properties) => `non communiqué par ce nuage : ${properties}`,
  unknownOwners: (names) => `Absents de la source : ${names}`,
  signInCode: (page, code, minutes) => `Pour vous connecter, ouvrez ${page} dans un navigateur et saisissez le code ${code} (dans les ${minutes} minutes). Ne saisissez qu'un code que vous avez demandé vous-même.`,
  signedIn: (person) => `Connecté : ${person}`,
  signInKept: (file) => `Gardé pour les prochains passages, lisible par vous seul : ${file} (o365-exodus sign-in --forget le supprime)`,
  signInNotKept: "Non gardé : la prochaine commande redemandera (source.keepSignIn).",
  signInForgotten: "La connexion est oubliée ici. Ses copies restent valables jusqu'à la révocation des sessions de la personne dans Entra.",
  appLeftOut: (app) => `L'exécution continue sans l'application ${app}.`,
  planHead: (units, atOnce) => `${units} unités, ${atOnce} à la fois :`,
  boundHead: "Ce qui limite chaque contenu (unités sous la limite, fenêtres entières) :",
  boundUncounted: (workloads) => `Pas comptés sans lecture, leur part est donc trop basse : ${workloads}`,
  boundBlocked: (units) => `${units} unités n'ont pas pu être comptées ; audit dit pourquoi.`,
  boundTotal: (time) => `Aucune exécution ne peut durer moins de ${time}.`,
  routes: "routes",
  route: (number) => `route ${number}`,
  routesHead: "Qui va où (la première route qui correspond est prise) :",
  routeOwners: (owners) => (owners === 0 ? "personne" : `${owners} propriétaire(s)`),
  everything: "tout",
  identities: (rows, kinds) => `${rows} ligne(s) dans la table d'identités : ${kinds}`,
  identityStatus: { new: "nouveaux", changed: "changés dans l'annuaire", gone: "partis de l'annuaire" },
  identitiesOk: "rien d'anormal dans la table d'identités",
  provisioned: (users, groups, members, dir) => `${users} comptes, ${groups} groupes, ${members} appartenances : ${dir}`,
  handedOver: (dir, files, size, parts) => `Paquet : ${dir}, ${files} fichiers (${size}) en ${parts} parts`,
  handoverDelta: (added, changed, gone) => `Depuis le paquet précédent : ${added} fichiers nouveaux, ${changed} modifiés, ${gone} disparus`,
  handoverItems: (delivered, kept, skipped, failed, pending) => `Éléments : ${delivered} remis, ${kept} supprimés à la source et gardés, ${skipped} écartés par règle, ${failed} en échec, ${pending} pas encore là`,
  handoverSums: (sha256) => `SHA-256 de SHA256SUMS, à communiquer à part du paquet : ${sha256}`,
  handoverSame: (number, dir) => `Rien n'a changé depuis le paquet ${number} dans ${dir}.`,
  handoverRefused: (file) => `N'est pas de l'archive, donc pas remis : ${file}`,
};

export const TEXT: Readonly<Record<Lang, Text>> = { en, fr };
