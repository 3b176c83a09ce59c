import { entries } from "./entry.js";

export const VAULT_ERRORS = entries({
  VAULT_LOCKED: {
    class: "fatal-config",
    en: { message: "The vault {dir} is in use by process {pid} on {host}.", remedy: "Wait for it to end, or stop it." },
    fr: { message: "Le coffre {dir} est utilisé par le processus {pid} sur {host}.", remedy: "Attendez sa fin, ou arrêtez-le." },
  },
  VAULT_MISSING: {
    class: "fatal-config",
    en: { message: "There is no vault in {dir}.", remedy: "Correct `vault` in the configuration, or run `o365-exodus migrate` to make one." },
    fr: { message: "Il n'y a pas de coffre dans {dir}.", remedy: "Corrigez `vault` dans la configuration, ou lancez `o365-exodus migrate` pour en créer un." },
  },
  VAULT_VERSION: {
    class: "fatal-config",
    en: { message: "The vault {dir} is of format version {found}; this program knows version {known}.", remedy: "Use a version of o365-exodus that knows it; nothing was changed." },
    fr: { message: "Le coffre {dir} est au format {found} ; ce programme connaît le format {known}.", remedy: "Utilisez une version d'o365-exodus qui le connaît ; rien n'a été modifié." },
  },
  VAULT_BLOB_MISSING: {
    class: "permanent-item",
    en: { message: "The vault lacks the content {sha256}.", remedy: "Run `o365-exodus vault check`; a full pass reads it again." },
    fr: { message: "Il manque au coffre le contenu {sha256}.", remedy: "Lancez `o365-exodus vault check` ; une passe complète le relira." },
  },
  VAULT_RECORD_TORN: {
    class: "permanent-item",
    en: { message: "{file} holds no whole record at byte {offset}.", remedy: "Run `o365-exodus vault check`; a full pass writes it again." },
    fr: { message: "{file} n'a pas d'enregistrement entier à l'octet {offset}.", remedy: "Lancez `o365-exodus vault check` ; une passe complète le réécrira." },
  },
  DISK_FULL: {
    class: "fatal-config",
    en: { message: "No room left for {file}.", remedy: "Free or add disk space, then run again; what was saved is kept." },
    fr: { message: "Plus de place pour {file}.", remedy: "Libérez ou ajoutez de l'espace disque, puis relancez ; ce qui est enregistré est conservé." },
  },
});
