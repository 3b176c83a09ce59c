import { entries } from "./entry.js";

export const ENGINE_ERRORS = entries({
  INTERNAL: {
    class: "permanent-item",
    en: { message: "Unexpected failure: {message}", remedy: "Run again; if it comes back, report it with the log." },
    fr: { message: "Défaillance inattendue : {message}", remedy: "Relancez ; si elle revient, signalez-la avec le journal." },
  },
  OWNER_UNKNOWN: {
    class: "fatal-config",
    en: { message: "No user, group or site \"{owner}\" at the source.", remedy: "Correct or remove the name; groups and sites are looked for only when `groups` or `sites` in the configuration says so, and `o365-exodus audit` shows the owners that are found." },
    fr: { message: "Aucun utilisateur, groupe ni site « {owner} » à la source.", remedy: "Corrigez ou retirez le nom ; les groupes et les sites ne sont cherchés que si `groups` ou `sites` le demande dans la configuration, et `o365-exodus audit` montre les propriétaires trouvés." },
  },
  OWNER_NOT_SIGNED_IN: {
    class: "fatal-config",
    en: { message: "\"{owner}\" is not who signed in: a person's sign-in reads that person's own content, and nothing of others.", remedy: "Take the name out of `owners`, of the routes' `owners` or of --owner; or have {owner} sign in (`o365-exodus sign-in --forget`, `o365-exodus sign-in`); or read everybody by an application with a credential." },
    fr: { message: "« {owner} » n'est pas la personne connectée : sa connexion ne lit que son propre contenu, et rien de celui des autres.", remedy: "Retirez le nom de `owners`, des `owners` des routes ou de --owner ; ou faites connecter {owner} (`o365-exodus sign-in --forget`, `o365-exodus sign-in`) ; ou lisez tout le monde par une application munie d'un certificat ou d'un secret." },
  },
  OWNER_ERASED: {
    class: "fatal-config",
    en: { message: "\"{owner}\" was erased from the vault and is not read again.", remedy: "If that person is to be kept again after all: `--owner {owner} --again`, once." },
    fr: { message: "« {owner} » a été effacé du coffre et n'est pas relu.", remedy: "Si cette personne doit être gardée de nouveau : `--owner {owner} --again`, une fois." },
  },
  ITEM_TOO_LARGE: {
    class: "permanent-item",
    en: { message: "{size} bytes is over the target's limit of {limit}.", remedy: "Raise the target's limit or move this item by hand." },
    fr: { message: "{size} octets dépassent la limite de la cible ({limit}).", remedy: "Relevez la limite de la cible ou déplacez cet élément à la main." },
  },
  ROLLBACK_UNSUPPORTED: {
    class: "permanent-container",
    en: { message: "The target {target} takes nothing back by a program.", remedy: "Remove it there by hand; the report names what was put." },
    fr: { message: "La cible {target} ne rend rien à un programme.", remedy: "Retirez-le là-bas à la main ; le rapport nomme ce qui y a été déposé." },
  },
  VERIFY_MISSING: {
    class: "retryable",
    en: { message: "The last verification did not find it at the target {target}.", remedy: "`o365-exodus retry` puts it there again." },
    fr: { message: "La dernière vérification ne l'a pas trouvé à la cible {target}.", remedy: "`o365-exodus retry` l'y remet." },
  },
  CONTAINER_UNKNOWN: {
    class: "permanent-item",
    en: { message: "The item's container {container} was never told by the source.", remedy: "Run again: the container may have appeared since; else report it." },
    fr: { message: "Le conteneur {container} de l'élément n'a jamais été annoncé par la source.", remedy: "Relancez : le conteneur est peut-être apparu depuis ; sinon signalez-le." },
  },
  RECORD_MISSING: {
    class: "permanent-item",
    en: { message: "The vault holds no record of \"{item}\".", remedy: "Run `o365-exodus vault check`, then a full pass." },
    fr: { message: "Le coffre n'a pas d'enregistrement de « {item} ».", remedy: "Lancez `o365-exodus vault check`, puis une passe complète." },
  },
  FEED_UNFINISHED: {
    class: "retryable",
    en: { message: "The source ended the list of \"{container}\" before its last page.", remedy: "Run again; what was read is kept." },
    fr: { message: "La source a interrompu la liste de « {container} » avant sa dernière page.", remedy: "Relancez ; ce qui a été lu est conservé." },
  },
  WORKLOAD_UNSUPPORTED: {
    class: "permanent-container",
    en: { message: "The source \"{source}\" does not read {workload} yet.", remedy: "Take {workload} out of `routes`, or use a version that reads it." },
    fr: { message: "La source « {source} » ne lit pas encore {workload}.", remedy: "Retirez {workload} de `routes`, ou prenez une version qui le lit." },
  },
  ROUTE_UNSUPPORTED: {
    class: "fatal-config",
    en: { message: "Target \"{target}\" cannot take {workload}.", remedy: "Route {workload} to a target that can (`archive` takes everything; the README's table tells the others); `o365-exodus doctor` says what the target lacks." },
    fr: { message: "La cible « {target} » ne prend pas {workload}.", remedy: "Dirigez {workload} vers une cible qui le prend (`archive` prend tout ; le tableau du README dit les autres) ; `o365-exodus doctor` dit ce qui manque à la cible." },
  },
  SUMS_DISAGREE: {
    class: "fatal-config",
    en: { message: "{seen} items were seen but {accounted} are accounted for.", remedy: "This is a defect: keep the vault and report it." },
    fr: { message: "{seen} éléments vus, {accounted} comptabilisés.", remedy: "C'est un défaut du programme : gardez le coffre et signalez-le." },
  },
  INTERRUPTED: {
    class: "retryable",
    en: { message: "Stopped on request.", remedy: "Run the same command again to go on." },
    fr: { message: "Arrêt demandé.", remedy: "Relancez la même commande pour continuer." },
  },
});
