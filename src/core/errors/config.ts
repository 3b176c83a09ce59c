import { entries } from "./entry.js";

export const CONFIG_ERRORS = entries({
  CONFIG_MISSING: {
    class: "fatal-config",
    en: { message: "No configuration at {file}.", remedy: "Run `o365-exodus init`, or name the file with --config." },
    fr: { message: "Pas de configuration à {file}.", remedy: "Lancez `o365-exodus init`, ou indiquez le fichier avec --config." },
  },
  CONFIG_SYNTAX: {
    class: "fatal-config",
    en: { message: "{file}, line {line}: not valid YAML: {reason}", remedy: "Correct that line; indentation is made of spaces." },
    fr: { message: "{file}, ligne {line} : YAML invalide : {reason}", remedy: "Corrigez cette ligne ; l'indentation se fait avec des espaces." },
  },
  CONFIG_INVALID: {
    class: "fatal-config",
    en: { message: "{file}, line {line}: {field}: {reason}", remedy: "Correct that field; `o365-exodus init` writes a commented example." },
    fr: { message: "{file}, ligne {line} : {field} : {reason}", remedy: "Corrigez ce champ ; `o365-exodus init` écrit un exemple commenté." },
  },
  CONFIG_SECRET_MISSING: {
    class: "fatal-config",
    en: { message: "The secret {reference} is not there.", remedy: "Set the environment variable or create the file; a secret is named by env:NAME or file:PATH." },
    fr: { message: "Le secret {reference} est introuvable.", remedy: "Définissez la variable d'environnement ou créez le fichier ; un secret se désigne par env:NOM ou file:CHEMIN." },
  },
  CONFIG_SOURCE: {
    class: "fatal-config",
    en: { message: "{file} names no source.", remedy: "Add `source` to read a tenant; without it `push`, `verify`, `status`, `report` and `vault` work on what the vault holds." },
    fr: { message: "{file} ne nomme pas de source.", remedy: "Ajoutez `source` pour lire un locataire ; sans elle, `push`, `verify`, `status`, `report` et `vault` travaillent sur ce que contient le coffre." },
  },
  CONFIG_PERSON: {
    class: "fatal-config",
    en: { message: "{file} has an application sign in, not a person.", remedy: "Set source.deviceCode: true instead of the credential, to read one's own mailbox; an application needs no `sign-in`." },
    fr: { message: "{file} connecte une application, pas une personne.", remedy: "Mettez source.deviceCode: true à la place du secret ou du certificat, pour lire sa propre boîte ; une application n'a pas besoin de `sign-in`." },
  },
  CONFIG_IDENTITIES: {
    class: "fatal-config",
    en: { message: "{file}, line {line}: {reason}", remedy: "Each line of the identity map is `source account;target account`, each source, id and column once." },
    fr: { message: "{file}, ligne {line} : {reason}", remedy: "Chaque ligne de la table d'identités est `compte source;compte cible`, chaque source, id et colonne une seule fois." },
  },
  CONFIG_RIGHTS: {
    class: "fatal-config",
    en: { message: "{file}, line {line}: {reason}", remedy: "The file of `rights` has a line with the columns mailbox, person, right, then a line for each right: a target account, the account that may open its mail, and read, edit, full or letters of RFC 4314 (adapters/imap/README.md)." },
    fr: { message: "{file}, ligne {line} : {reason}", remedy: "Le fichier de `rights` a une ligne avec les colonnes mailbox, person, right, puis une ligne par droit : un compte cible, le compte qui peut en ouvrir le courrier, et read, edit, full ou des lettres de la RFC 4314 (adapters/imap/README.md)." },
  },
  CONFIG_ADAPTER: {
    class: "fatal-config",
    en: { message: "Target \"{target}\": there is no adapter \"{adapter}\".", remedy: "Choose one of: {known}." },
    fr: { message: "Cible « {target} » : il n'y a pas d'adaptateur « {adapter} ».", remedy: "Choisissez parmi : {known}." },
  },
  CONFIG_TARGET: {
    class: "fatal-config",
    en: { message: "{file}: target \"{target}\": {field}: {reason}", remedy: "Correct that option; the adapter's README lists them." },
    fr: { message: "{file} : cible « {target} » : {field} : {reason}", remedy: "Corrigez cette option ; le README de l'adaptateur les énumère." },
  },
  CONFIG_ROUTE: {
    class: "fatal-config",
    en: { message: "There is no target \"{target}\" in `targets`.", remedy: "Choose one of: {known}." },
    fr: { message: "Il n'y a pas de cible « {target} » dans `targets`.", remedy: "Choisissez parmi : {known}." },
  },
  CONFIG_EXISTS: {
    class: "fatal-config",
    en: { message: "{file} exists already.", remedy: "Edit it, name another with --config, or overwrite it with --force." },
    fr: { message: "{file} existe déjà.", remedy: "Modifiez-le, indiquez-en un autre avec --config, ou écrasez-le avec --force." },
  },
});
