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
});
