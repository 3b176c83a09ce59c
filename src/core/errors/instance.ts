import { entries } from "./entry.js";

/** Of targets where each account has an instance of its own, entered by a token. */
export const INSTANCE_ERRORS = entries({
  TARGET_TOKEN_EXPIRED: {
    class: "permanent-container",
    en: { message: "The token for {account} at {target} has expired or was revoked.", remedy: "Give a new token; or set `admin` and `passphrase` of the target, so that the program renews tokens itself." },
    fr: { message: "Le jeton de {account} sur {target} a expiré ou a été révoqué.", remedy: "Donnez un nouveau jeton ; ou renseignez `admin` et `passphrase` de la cible, pour que le programme renouvelle lui-même les jetons." },
  },
  TARGET_SCOPE: {
    class: "permanent-container",
    en: { message: "The token for {account} at {target} does not carry the right that is needed ({reason}).", remedy: "Make it with the whole right io.cozy.files, or let the program make it at the administration port." },
    fr: { message: "Le jeton de {account} sur {target} ne porte pas le droit nécessaire ({reason}).", remedy: "Créez-le avec tout le droit io.cozy.files, ou laissez le programme le créer par le port d'administration." },
  },
  TARGET_ADMIN_REFUSED: {
    class: "fatal-config",
    en: { message: "The administration port of {target} makes no token: {reason}", remedy: "Check the address in `admin` and the passphrase that `passphrase` names." },
    fr: { message: "Le port d'administration de {target} ne crée pas de jeton : {reason}", remedy: "Vérifiez l'adresse dans `admin` et la phrase de passe que désigne `passphrase`." },
  },
  TARGET_INSTANCE_MISSING: {
    class: "permanent-container",
    en: { message: "{target} has no instance {instance} for {account}.", remedy: "Have it created, or moved back; or name the right account in the identity map, or correct the pattern in `url` or `libraries`." },
    fr: { message: "{target} n'a pas d'instance {instance} pour {account}.", remedy: "Faites-la créer, ou revenir si elle a déménagé ; ou indiquez le bon compte dans la table des identités, ou corrigez le modèle dans `url` ou `libraries`." },
  },
  TARGET_INSTANCE_BLOCKED: {
    class: "permanent-container",
    en: { message: "The instance {instance} of {target} is blocked until its owner or administrator acts ({reason}).", remedy: "Unblock it (terms of use to sign, payment), then run again." },
    fr: { message: "L'instance {instance} de {target} est bloquée tant que son propriétaire ou l'administrateur n'agit pas ({reason}).", remedy: "Débloquez-la (conditions d'utilisation à signer, paiement), puis relancez." },
  },
  TARGET_NO_LIBRARIES: {
    class: "permanent-container",
    en: { message: "{target} names no instance for the libraries of groups and sites: {account} has no place.", remedy: "Set `libraries` of the target to the organisation's instance, or route groups and sites elsewhere." },
    fr: { message: "{target} n'indique pas d'instance pour les bibliothèques des groupes et sites : {account} n'a pas de place.", remedy: "Renseignez `libraries` de la cible avec l'instance de l'organisme, ou dirigez groupes et sites ailleurs." },
  },
});
