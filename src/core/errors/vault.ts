import { entries } from "./entry.js";

export const VAULT_ERRORS = entries({
  VAULT_LOCKED: {
    class: "fatal-config",
    en: { message: "The vault {dir} is in use by process {pid} on {host}.", remedy: "Wait for it to end, or stop it; if that machine is gone for good, delete the file `lock` in the vault." },
    fr: { message: "Le coffre {dir} est utilisé par le processus {pid} sur {host}.", remedy: "Attendez sa fin, ou arrêtez-le ; si cette machine a disparu pour de bon, supprimez le fichier `lock` du coffre." },
  },
  VAULT_MISSING: {
    class: "fatal-config",
    en: { message: "There is no vault in {dir}.", remedy: "Correct `vault` in the configuration, or run `o365-exodus migrate` to make one." },
    fr: { message: "Il n'y a pas de coffre dans {dir}.", remedy: "Corrigez `vault` dans la configuration, ou lancez `o365-exodus migrate` pour en créer un." },
  },
  VAULT_EXISTS: {
    class: "fatal-config",
    en: { message: "There is a vault in {dir} already.", remedy: "Use it, or name an empty folder as `vault` in the configuration." },
    fr: { message: "Il y a déjà un coffre dans {dir}.", remedy: "Utilisez-le, ou indiquez un dossier vide comme `vault` dans la configuration." },
  },
  VAULT_HEADER: {
    class: "fatal-config",
    en: { message: "exodus-vault.json in {dir} cannot be read: {reason}.", remedy: "Restore that file from a backup of the vault; nothing was changed." },
    fr: { message: "exodus-vault.json dans {dir} est illisible : {reason}.", remedy: "Restaurez ce fichier depuis une sauvegarde du coffre ; rien n'a été modifié." },
  },
  VAULT_INDEX_MISSING: {
    class: "fatal-config",
    en: { message: "The vault {dir} has no index (state.sqlite).", remedy: "Restore it from the same backup as the rest, or make it anew with `o365-exodus vault rebuild`." },
    fr: { message: "Le coffre {dir} n'a pas d'index (state.sqlite).", remedy: "Restaurez-le depuis la même sauvegarde que le reste, ou refaites-le par `o365-exodus vault rebuild`." },
  },
  VAULT_INDEX_EXISTS: {
    class: "fatal-config",
    en: { message: "The vault {dir} has an index (state.sqlite); it also knows what the targets hold.", remedy: "Keep it when it is good; else move it out of the vault first, with `state.sqlite-wal` and `state.sqlite-shm` where they stand." },
    fr: { message: "Le coffre {dir} a un index (state.sqlite), qui sait aussi ce que contiennent les cibles.", remedy: "Gardez-le s'il est bon ; sinon sortez-le d'abord du coffre, avec `state.sqlite-wal` et `state.sqlite-shm` s'ils existent." },
  },
  VAULT_OWNER_UNKNOWN: {
    class: "fatal-config",
    en: { message: "The vault holds nothing of \"{owner}\".", remedy: "`o365-exodus vault ls` names its owners." },
    fr: { message: "Le coffre ne contient rien de « {owner} ».", remedy: "`o365-exodus vault ls` nomme ses propriétaires." },
  },
  VAULT_OWNER_AMBIGUOUS: {
    class: "fatal-config",
    en: { message: "Several owners are called \"{owner}\": {found}.", remedy: "Name one by its identifier." },
    fr: { message: "Plusieurs propriétaires s'appellent « {owner} » : {found}.", remedy: "Désignez-en un par son identifiant." },
  },
  VAULT_ERASURES: {
    class: "fatal-config",
    en: { message: "erasures.jsonl in {dir} cannot be read.", remedy: "Restore that file from a backup of the vault: it tells who must not be read again. Nothing was changed." },
    fr: { message: "erasures.jsonl dans {dir} est illisible.", remedy: "Restaurez ce fichier depuis une sauvegarde du coffre : il dit qui ne doit pas être relu. Rien n'a été modifié." },
  },
  VAULT_ERASURE_UNFINISHED: {
    class: "fatal-config",
    en: { message: "In the vault {dir}, the erasure of an owner begun at {at} was cut off.", remedy: "Finish it with `o365-exodus vault erase`, without --owner." },
    fr: { message: "Dans le coffre {dir}, l'effacement d'un propriétaire commencé le {at} a été interrompu.", remedy: "Terminez-le par `o365-exodus vault erase`, sans --owner." },
  },
  VAULT_ERASE_UNCONFIRMED: {
    class: "fatal-config",
    en: { message: "The erasure was not confirmed: nothing was erased.", remedy: "Run it in a terminal and type the owner's name, or give --yes." },
    fr: { message: "L'effacement n'a pas été confirmé : rien n'a été effacé.", remedy: "Lancez-le dans un terminal et tapez le nom du propriétaire, ou donnez --yes." },
  },
  VAULT_FOLDER_UNKNOWN: {
    class: "fatal-config",
    en: { message: "There is no folder \"{folder}\" there.", remedy: "`o365-exodus vault ls OWNER WORKLOAD` names the folders; take one as it is printed." },
    fr: { message: "Il n'y a pas là de dossier « {folder} ».", remedy: "`o365-exodus vault ls PROPRIÉTAIRE CONTENU` nomme les dossiers ; reprenez-en un tel qu'il est affiché." },
  },
  VAULT_ITEM_UNKNOWN: {
    class: "fatal-config",
    en: { message: "The vault holds no item {id}.", remedy: "`o365-exodus vault ls` and `o365-exodus vault grep` print identifiers." },
    fr: { message: "Le coffre ne contient pas d'élément {id}.", remedy: "`o365-exodus vault ls` et `o365-exodus vault grep` affichent les identifiants." },
  },
  VAULT_ITEM_AMBIGUOUS: {
    class: "fatal-config",
    en: { message: "Several items are called {id}: {found}.", remedy: "Name one with --owner and --workload." },
    fr: { message: "Plusieurs éléments s'appellent {id} : {found}.", remedy: "Précisez avec --owner et --workload." },
  },
  VAULT_NO_MESSAGE: {
    class: "fatal-config",
    en: { message: "{id} is no message of a channel or chat.", remedy: "Leave --as out: the item's bytes are printed as they are kept." },
    fr: { message: "{id} n'est pas un message de canal ou de conversation.", remedy: "Retirez --as : les octets de l'élément s'affichent tels qu'ils sont gardés." },
  },
  EXPORT_EXISTS: {
    class: "fatal-config",
    en: { message: "{dir} is not empty.", remedy: "Name another folder: an export is written whole, never into something that stands there." },
    fr: { message: "{dir} n'est pas vide.", remedy: "Indiquez un autre dossier : une exportation s'écrit en entier, jamais dans un dossier déjà occupé." },
  },
  EXPORT_UNFINISHED: {
    class: "fatal-config",
    en: { message: "{dir} holds an export that was cut off.", remedy: "Delete that folder and export again: nothing in it can be relied upon." },
    fr: { message: "{dir} contient une exportation interrompue.", remedy: "Supprimez ce dossier et exportez de nouveau : rien n'y est sûr." },
  },
  HANDOVER_EMPTY: {
    class: "fatal-config",
    en: { message: "The archive in {dir} holds nothing to hand over.", remedy: "Run `o365-exodus migrate` first; `status` tells how far it is. If the archive held files before, see that its disk or share is mounted." },
    fr: { message: "L'archive dans {dir} ne contient rien à remettre.", remedy: "Lancez d'abord `o365-exodus migrate` ; `status` dit où il en est. Si l'archive avait des fichiers, vérifiez que son disque ou son partage est monté." },
  },
  HANDOVER_ITEM_MISSING: {
    class: "permanent-item",
    en: { message: "{count} items that the ledger has as delivered are not in the archive: {items}.", remedy: "Run `o365-exodus verify`, then `migrate`, and the hand-over again." },
    fr: { message: "{count} éléments que le registre dit remis ne sont pas dans l'archive : {items}.", remedy: "Lancez `o365-exodus verify`, puis `migrate`, et la remise de nouveau." },
  },
  HANDOVER_OTHER: {
    class: "fatal-config",
    en: { message: "{dir} holds packages of another vault, target or platform ({what}).", remedy: "Name another folder with --to: the packages of one folder follow one another." },
    fr: { message: "{dir} contient des paquets d'un autre coffre, d'une autre cible ou d'une autre plateforme ({what}).", remedy: "Indiquez un autre dossier avec --to : les paquets d'un dossier se suivent." },
  },
  HANDOVER_PLACE: {
    class: "fatal-config",
    en: { message: "{dir} and the archive or the vault stand in one another.", remedy: "Name a folder of its own with --to." },
    fr: { message: "{dir} et l'archive ou le coffre sont l'un dans l'autre.", remedy: "Indiquez avec --to un dossier à part." },
  },
  HANDOVER_STATE: {
    class: "fatal-config",
    en: { message: "{file} of the package before is missing or damaged: what has changed since cannot be told.", remedy: "Put back that file from the package that was handed over, or hand over everything anew with another --to." },
    fr: { message: "{file} du paquet précédent manque ou est abîmé : on ne peut dire ce qui a changé depuis.", remedy: "Remettez ce fichier depuis le paquet déjà remis, ou remettez tout de nouveau avec un autre --to." },
  },
  HANDOVER_TARGET: {
    class: "fatal-config",
    en: { message: "A package is made of a target of adapter archive; the routes lead to: {known}.", remedy: "Add a target of adapter archive and a route to it, run `o365-exodus migrate`, and name it with --target if there are several." },
    fr: { message: "Un paquet se fait d'une cible d'adaptateur archive ; les routes mènent à : {known}.", remedy: "Ajoutez une cible d'adaptateur archive et une route vers elle, lancez `o365-exodus migrate`, et nommez-la par --target s'il y en a plusieurs." },
  },
  HANDOVER_UNREAD: {
    class: "permanent-item",
    en: { message: "{file} of the archive cannot be read ({reason}): it is not in the package, or as the package before has it.", remedy: "See to its rights and its disk, run `o365-exodus verify`, then the hand-over again." },
    fr: { message: "{file} de l'archive ne peut être lu ({reason}) : il n'est pas dans le paquet, ou tel que le paquet précédent l'a.", remedy: "Voyez ses droits et son disque, lancez `o365-exodus verify`, puis la remise de nouveau." },
  },
  VAULT_IDENTITY_MISSING: {
    class: "fatal-config",
    en: { message: "The vault {dir} is encrypted, and no identity was given to open it.", remedy: "Name an age identity of one of its recipients: `vault.identity` in the configuration (file:PATH or env:NAME), or --identity." },
    fr: { message: "Le coffre {dir} est chiffré, et aucune identité n'a été donnée pour l'ouvrir.", remedy: "Indiquez l'identité age d'un de ses destinataires : `vault.identity` dans la configuration (file:CHEMIN ou env:NOM), ou --identity." },
  },
  VAULT_IDENTITY_WRONG: {
    class: "fatal-config",
    en: { message: "The identity does not open the key of the vault {dir}.", remedy: "Give the identity of one of its recipients (`o365-exodus vault recipients`; before the first run `vault.recipients`): a file of age-keygen, or its line AGE-SECRET-KEY-1…. `age-keygen -y FILE` prints the recipient that belongs to it." },
    fr: { message: "L'identité n'ouvre pas la clé du coffre {dir}.", remedy: "Donnez l'identité d'un de ses destinataires (`o365-exodus vault recipients` ; avant la première exécution `vault.recipients`) : un fichier d'age-keygen, ou sa ligne AGE-SECRET-KEY-1…. `age-keygen -y FICHIER` affiche le destinataire qui lui correspond." },
  },
  VAULT_KEY: {
    class: "fatal-config",
    en: { message: "key.age in {dir} cannot be read; without it nobody can open the vault.", remedy: "Restore that file from a backup of the vault." },
    fr: { message: "key.age dans {dir} est illisible ; sans lui personne ne peut ouvrir le coffre.", remedy: "Restaurez ce fichier depuis une sauvegarde du coffre." },
  },
  VAULT_PLAIN: {
    class: "fatal-config",
    en: { message: "The vault {dir} is not encrypted; that, and for whom, is settled when it is made.", remedy: "Take `vault.recipients` and `vault.identity` out of the configuration; or write an encrypted copy with `o365-exodus vault copy --to NEW --recipient age1…`, and name that as `vault.path`." },
    fr: { message: "Le coffre {dir} n'est pas chiffré ; cela, et pour qui, se décide à sa création.", remedy: "Retirez `vault.recipients` et `vault.identity` de la configuration ; ou écrivez une copie chiffrée par `o365-exodus vault copy --to NOUVEAU --recipient age1…`, et indiquez-la comme `vault.path`." },
  },
  VAULT_RECIPIENT: {
    class: "fatal-config",
    en: { message: "\"{recipient}\" is no age recipient.", remedy: "Give the line age1… that age-keygen prints." },
    fr: { message: "« {recipient} » n'est pas un destinataire age.", remedy: "Donnez la ligne age1… qu'affiche age-keygen." },
  },
  VAULT_RECIPIENTS: {
    class: "fatal-config",
    en: { message: "The vault {dir} is not encrypted for {recipients}.", remedy: "Run `o365-exodus vault recipients add {recipients}`, or correct `vault.recipients` in the configuration." },
    fr: { message: "Le coffre {dir} n'est pas chiffré pour {recipients}.", remedy: "Lancez `o365-exodus vault recipients add {recipients}`, ou corrigez `vault.recipients` dans la configuration." },
  },
  VAULT_READ_ONLY: {
    class: "fatal-config",
    en: { message: "The vault was opened for reading only.", remedy: "This is a defect: report it with the log." },
    fr: { message: "Le coffre a été ouvert en lecture seule.", remedy: "C'est un défaut du programme : signalez-le avec le journal." },
  },
  VAULT_IO: {
    class: "fatal-config",
    en: { message: "The system refuses to read or write {file} in the vault: {reason}", remedy: "Check the disk, the access rights of the vault's folder and the system's log, then run again." },
    fr: { message: "Le système refuse de lire ou d'écrire {file} dans le coffre : {reason}", remedy: "Vérifiez le disque, les droits d'accès du dossier du coffre et le journal du système, puis relancez." },
  },
  VAULT_VERSION: {
    class: "fatal-config",
    en: { message: "The vault {dir} is of format version {found}; this program knows version {known}.", remedy: "Use a version of o365-exodus that knows it; nothing was changed." },
    fr: { message: "Le coffre {dir} est au format {found} ; ce programme connaît le format {known}.", remedy: "Utilisez une version d'o365-exodus qui le connaît ; rien n'a été modifié." },
  },
  VAULT_BLOB_MISSING: {
    class: "permanent-item",
    en: { message: "The vault lacks the content {sha256}.", remedy: "Run `o365-exodus migrate` again: the item is read anew from the source." },
    fr: { message: "Il manque au coffre le contenu {sha256}.", remedy: "Relancez `o365-exodus migrate` : l'élément est relu à la source." },
  },
  VAULT_BLOB_DAMAGED: {
    class: "permanent-item",
    en: { message: "The content {sha256} is damaged in {file} of the vault.", remedy: "Run `o365-exodus migrate` again: the item is read anew from the source. Then look for others with `o365-exodus vault check --read-data`." },
    fr: { message: "Le contenu {sha256} est abîmé dans {file} du coffre.", remedy: "Relancez `o365-exodus migrate` : l'élément est relu à la source. Cherchez-en d'autres par `o365-exodus vault check --read-data`." },
  },
  VAULT_RECORD_TORN: {
    class: "permanent-item",
    en: { message: "{file} holds no whole record at byte {offset}.", remedy: "Run `o365-exodus migrate` again: the item is read anew from the source." },
    fr: { message: "{file} n'a pas d'enregistrement entier à l'octet {offset}.", remedy: "Relancez `o365-exodus migrate` : l'élément est relu à la source." },
  },
  DISK_FULL: {
    class: "fatal-config",
    en: { message: "No room left for {file}.", remedy: "Free or add disk space, then run again; what was saved is kept." },
    fr: { message: "Plus de place pour {file}.", remedy: "Libérez ou ajoutez de l'espace disque, puis relancez ; ce qui est enregistré est conservé." },
  },
});
