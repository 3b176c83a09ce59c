import { entries } from "./entry.js";

export const TARGET_ERRORS = entries({
  TARGET_UNREACHABLE: {
    class: "fatal-config",
    en: { message: "The target {target} cannot be reached: {reason}", remedy: "Check its address, port and certificate (tls.caFile), and that it runs." },
    fr: { message: "La cible {target} est injoignable : {reason}", remedy: "Vérifiez son adresse, son port et son certificat (tls.caFile), et qu'elle fonctionne." },
  },
  TARGET_CONNECTION: {
    class: "retryable",
    en: { message: "The connection to {target} broke: {reason}", remedy: "Run again; what arrived is recognised." },
    fr: { message: "La connexion à {target} s'est rompue : {reason}", remedy: "Relancez ; ce qui est arrivé sera reconnu." },
  },
  TARGET_CREDENTIAL: {
    class: "permanent-container",
    en: { message: "The target {target} refuses the sign-in of {account}.", remedy: "Check user, password and the account's existence at the target." },
    fr: { message: "La cible {target} refuse la connexion de {account}.", remedy: "Vérifiez l'utilisateur, le mot de passe et l'existence du compte sur la cible." },
  },
  TARGET_DENIED: {
    class: "permanent-container",
    en: { message: "The target denies writing to {target}: {reason}", remedy: "Give the account the right to write there." },
    fr: { message: "La cible interdit l'écriture dans {target} : {reason}", remedy: "Donnez au compte le droit d'y écrire." },
  },
  TARGET_QUOTA_FULL: {
    class: "permanent-container",
    en: { message: "The quota at the target {target} is used up: {reason}", remedy: "Raise the quota or make room, then run again: only what is missing is sent." },
    fr: { message: "Le quota de la cible {target} est épuisé : {reason}", remedy: "Relevez le quota ou faites de la place, puis relancez : seul ce qui manque est envoyé." },
  },
  TARGET_THROTTLED: {
    class: "throttled",
    en: { message: "The target {target} asks to slow down: {reason}", remedy: "Nothing to do: it is tried again." },
    fr: { message: "La cible {target} demande de ralentir : {reason}", remedy: "Rien à faire : un nouvel essai suit." },
  },
  TARGET_PASSING: {
    class: "retryable",
    en: { message: "The target {target} failed in passing: {reason}", remedy: "Run again; if it persists, look at the target's log." },
    fr: { message: "Défaillance passagère de la cible {target} : {reason}", remedy: "Relancez ; si elle persiste, consultez le journal de la cible." },
  },
  TARGET_REFUSED_ITEM: {
    class: "permanent-item",
    en: { message: "The target {target} refuses the item: {reason}", remedy: "Look at the target's log; correct the item at the source or move it by hand." },
    fr: { message: "La cible {target} refuse l'élément : {reason}", remedy: "Consultez le journal de la cible ; corrigez l'élément à la source ou déplacez-le à la main." },
  },
  TARGET_CONTAINER_REFUSED: {
    class: "permanent-container",
    en: { message: "The target {target} refuses to make or rename a container: {reason}", remedy: "Give the account the right to create, or rename the container at the source." },
    fr: { message: "La cible {target} refuse de créer ou de renommer un conteneur : {reason}", remedy: "Donnez au compte le droit de créer, ou renommez le conteneur à la source." },
  },
  TARGET_CONTAINER_MISSING: {
    class: "permanent-container",
    en: { message: "A container that was prepared at {target} is no longer there: {reason}", remedy: "Run again: it is made anew." },
    fr: { message: "Un conteneur préparé sur {target} n'y est plus : {reason}", remedy: "Relancez : il sera recréé." },
  },
  TARGET_MAIL_NUL: {
    class: "permanent-item",
    en: { message: "The message holds NUL bytes, which {target} cannot take (no BINARY extension, RFC 3516).", remedy: "Take the message from the vault (.eml) by hand." },
    fr: { message: "Le message contient des octets NUL, que {target} ne peut pas recevoir (pas d'extension BINARY, RFC 3516).", remedy: "Reprenez le message à la main dans le coffre (.eml)." },
  },
  TARGET_CANNOT_REMOVE: {
    class: "permanent-item",
    en: { message: "{target} cannot remove one message alone (no UIDPLUS extension, RFC 4315).", remedy: "Remove the outdated copy by hand." },
    fr: { message: "{target} ne sait pas supprimer un seul message (pas d'extension UIDPLUS, RFC 4315).", remedy: "Supprimez à la main la copie périmée." },
  },
  TARGET_NO_HOME: {
    class: "permanent-container",
    en: { message: "{target} names no calendars or address books for {account}.", remedy: "Check that the account exists there; or give the address of its home, with the account's name in `url`." },
    fr: { message: "{target} n'indique ni agendas ni carnets d'adresses pour {account}.", remedy: "Vérifiez que le compte y existe ; ou donnez l'adresse de son dossier, avec le nom du compte dans `url`." },
  },
});
