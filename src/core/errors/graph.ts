import { entries } from "./entry.js";

export const GRAPH_ERRORS = entries({
  AUTH_TENANT: {
    class: "fatal-config",
    en: { message: "Microsoft knows no tenant \"{tenantId}\".", remedy: "Correct source.tenantId: the directory id is on the tenant's overview page in Entra." },
    fr: { message: "Microsoft ne connaît pas de locataire « {tenantId} ».", remedy: "Corrigez source.tenantId : l'identifiant d'annuaire figure sur la page d'accueil du locataire dans Entra." },
  },
  AUTH_CLIENT: {
    class: "fatal-config",
    en: { message: "The tenant has no application \"{clientId}\".", remedy: "Correct source.clientId, or register the application and grant its consent in this tenant." },
    fr: { message: "Le locataire n'a pas d'application « {clientId} ».", remedy: "Corrigez source.clientId, ou inscrivez l'application et accordez son consentement dans ce locataire." },
  },
  AUTH_SECRET: {
    class: "fatal-config",
    en: { message: "The client secret of application \"{clientId}\" is wrong or has expired.", remedy: "Create a new secret in Entra (its value, not its id) and set the place that source.clientSecret names." },
    fr: { message: "Le secret de l'application « {clientId} » est faux ou a expiré.", remedy: "Créez un nouveau secret dans Entra (sa valeur, pas son identifiant) et renseignez l'endroit que désigne source.clientSecret." },
  },
  AUTH_CERTIFICATE: {
    class: "fatal-config",
    en: { message: "The certificate of application \"{clientId}\" was refused: {reason}", remedy: "Upload the certificate in Entra and check that source.privateKey belongs to it." },
    fr: { message: "Le certificat de l'application « {clientId} » est refusé : {reason}", remedy: "Déposez le certificat dans Entra et vérifiez que source.privateKey lui correspond." },
  },
  AUTH_CLOCK: {
    class: "fatal-config",
    en: { message: "This machine's clock differs from Microsoft's by {minutes} minutes ({direction}): what it signs is not valid at this time.", remedy: "Set the clock (a time server, NTP), then run again." },
    fr: { message: "L'horloge de cette machine diffère de {minutes} minutes ({direction}) de celle de Microsoft : ce qu'elle signe n'est pas valable à cette heure.", remedy: "Mettez l'horloge à l'heure (serveur de temps, NTP), puis relancez." },
  },
  AUTH_FEDERATION: {
    class: "fatal-config",
    en: { message: "The federated token was refused for application \"{clientId}\" ({reason}). It says: {claims}.", remedy: "In Entra, compare the application's federated credential with these values: issuer, subject and audience match exactly, case included. An expired token must be issued anew." },
    fr: { message: "Le jeton fédéré est refusé pour l'application « {clientId} » ({reason}). Il dit : {claims}.", remedy: "Dans Entra, comparez l'identifiant fédéré de l'application avec ces valeurs : émetteur, sujet et audience doivent être identiques, casse comprise. Un jeton expiré doit être émis à nouveau." },
  },
  AUTH_UNREACHABLE: {
    class: "fatal-config",
    en: { message: "Sign-in at {authority} cannot be reached: {reason}", remedy: "Check the network, the proxy and tls.caFile." },
    fr: { message: "La connexion à {authority} est impossible : {reason}", remedy: "Vérifiez le réseau, le mandataire et tls.caFile." },
  },
  AUTH_SIGN_IN_NEEDED: {
    class: "fatal-config",
    en: { message: "A person must sign in, and this is no terminal to ask in ({reason}).", remedy: "Run `o365-exodus sign-in` in a terminal; what it keeps serves this run too. What was read is kept: run again to go on." },
    fr: { message: "Une personne doit se connecter, et il n'y a pas de terminal où le demander ({reason}).", remedy: "Lancez `o365-exodus sign-in` dans un terminal ; ce qu'il garde sert aussi ici. Ce qui a été lu est gardé : relancez pour continuer." },
  },
  AUTH_DECLINED: {
    class: "fatal-config",
    en: { message: "The sign-in was declined.", remedy: "Run again, and allow it on Microsoft's page; where the page asks for an administrator's approval, have the delegated permissions granted (docs/live-tenant.md)." },
    fr: { message: "La connexion a été refusée.", remedy: "Relancez, et autorisez-la sur la page de Microsoft ; si la page demande l'accord d'un administrateur, faites accorder les autorisations déléguées (docs/live-tenant.md)." },
  },
  AUTH_CODE_EXPIRED: {
    class: "fatal-config",
    en: { message: "Nobody signed in before the code expired.", remedy: "Run again and enter the new code in time; if the page refuses the code, a Conditional Access policy may block device codes." },
    fr: { message: "Personne ne s'est connecté avant l'expiration du code.", remedy: "Relancez et saisissez le nouveau code à temps ; si la page refuse le code, une stratégie d'accès conditionnel bloque peut-être les codes d'appareil." },
  },
  AUTH_PUBLIC_CLIENT: {
    class: "fatal-config",
    en: { message: "Application \"{clientId}\" may not sign people in without a secret.", remedy: "In Entra, Authentication of the app registration: set \"Allow public client flows\" to Yes." },
    fr: { message: "L'application « {clientId} » ne peut pas connecter de personnes sans secret.", remedy: "Dans Entra, Authentification de l'inscription d'application : mettez « Autoriser les flux de clients publics » à Oui." },
  },
  AUTH_KEPT: {
    class: "fatal-config",
    en: { message: "The sign-in kept in {file} cannot be used: {reason}", remedy: "Run `o365-exodus sign-in --forget`, then sign in again; an encrypted one needs the vault's identity." },
    fr: { message: "La connexion gardée dans {file} est inutilisable : {reason}", remedy: "Lancez `o365-exodus sign-in --forget`, puis reconnectez-vous ; chiffrée, elle demande l'identité du coffre." },
  },
  AUTH_FAILED: {
    class: "fatal-config",
    en: { message: "Sign-in was refused: {reason}", remedy: "Look the AADSTS code up in Microsoft's documentation." },
    fr: { message: "Connexion refusée : {reason}", remedy: "Cherchez le code AADSTS dans la documentation de Microsoft." },
  },
  GRAPH_TOKEN: {
    class: "fatal-config",
    en: { message: "Graph refuses a fresh token ({status} {graphCode}, request {requestId}).", remedy: "Check that source.cloud is the tenant's cloud, and the clock of this machine." },
    fr: { message: "Graph refuse un jeton neuf ({status} {graphCode}, requête {requestId}).", remedy: "Vérifiez que source.cloud est le nuage du locataire, et l'horloge de cette machine." },
  },
  GRAPH_APPLICATION: {
    class: "permanent-container",
    en: { message: "Microsoft gives {path} to no application that acts for itself ({status} {graphCode}, request {requestId}).", remedy: "Nothing to grant: only somebody who is signed in can read it (source.deviceCode). Take the workload out of `routes`." },
    fr: { message: "Microsoft ne donne {path} à aucune application agissant pour elle-même ({status} {graphCode}, requête {requestId}).", remedy: "Rien à accorder : seule une personne connectée peut le lire (source.deviceCode). Retirez cette catégorie de `routes`." },
  },
  GRAPH_CONSENT: {
    class: "permanent-container",
    en: { message: "Graph denies {path} ({graphCode}, request {requestId}).", remedy: "Grant the permission {permission} (to the application with admin consent; as a delegated one where a person signs in), and check that whoever reads may reach this mailbox or site." },
    fr: { message: "Graph refuse {path} ({graphCode}, requête {requestId}).", remedy: "Accordez l'autorisation {permission} (à l'application, avec le consentement d'un administrateur ; comme autorisation déléguée si une personne se connecte), et vérifiez que le lecteur a accès à cette boîte ou ce site." },
  },
  GRAPH_PERMISSION: {
    class: "permanent-container",
    en: { message: "The application has not been granted {permission}: its token does not name it, and {path} is denied (request {requestId}).", remedy: "Add the application permission {permission} in Entra and grant admin consent (or, for mailboxes, assign the role in Exchange Online):" },
    fr: { message: "L'application n'a pas reçu {permission} : son jeton ne la nomme pas, et {path} est refusé (requête {requestId}).", remedy: "Ajoutez l'autorisation d'application {permission} dans Entra et accordez le consentement d'un administrateur (ou, pour les boîtes, attribuez le rôle dans Exchange Online) :" },
  },
  GRAPH_SCOPE: {
    class: "permanent-container",
    en: { message: "The sign-in does not carry {permission}, and {path} is denied (request {requestId}).", remedy: "Add the delegated permission {permission} to the app registration (an administrator can grant it for everybody), then sign in again (`o365-exodus sign-in --forget`, `o365-exodus sign-in`):" },
    fr: { message: "La connexion ne porte pas {permission}, et {path} est refusé (requête {requestId}).", remedy: "Ajoutez l'autorisation déléguée {permission} à l'inscription de l'application (un administrateur peut l'accorder pour tous), puis reconnectez-vous (`o365-exodus sign-in --forget`, `o365-exodus sign-in`) :" },
  },
  GRAPH_OUT_OF_SCOPE: {
    class: "permanent-container",
    en: { message: "The mailbox is outside the application's scope: {permission} holds for others, and {path} is denied (request {requestId}).", remedy: "Add the mailbox to the management scope of the application's role assignment, or to the group of its application access policy (Test-ServicePrincipalAuthorization, Test-ApplicationAccessPolicy); a change takes up to half an hour. Or take the owner out of `owners`." },
    fr: { message: "La boîte est hors de la portée de l'application : {permission} vaut pour d'autres, et {path} est refusé (requête {requestId}).", remedy: "Ajoutez la boîte à l'étendue de gestion de l'attribution de rôle de l'application, ou au groupe de sa stratégie d'accès (Test-ServicePrincipalAuthorization, Test-ApplicationAccessPolicy) ; un changement prend jusqu'à une demi-heure. Ou retirez le propriétaire de `owners`." },
  },
  GRAPH_NOT_FOUND: {
    class: "permanent-item",
    en: { message: "{path} is not at the source any more ({graphCode}, request {requestId}).", remedy: "Nothing to do: it was deleted meanwhile." },
    fr: { message: "{path} n'est plus à la source ({graphCode}, requête {requestId}).", remedy: "Rien à faire : il a été supprimé entre-temps." },
  },
  GRAPH_NO_MAILBOX: {
    class: "permanent-container",
    en: { message: "This account has no mailbox or drive in the cloud ({graphCode}, request {requestId}).", remedy: "Give it a licence, or take it out of `owners`; a mailbox on premises is not reachable through Graph." },
    fr: { message: "Ce compte n'a pas de boîte ou de lecteur dans le nuage ({graphCode}, requête {requestId}).", remedy: "Donnez-lui une licence, ou retirez-le de `owners` ; une boîte sur site n'est pas accessible par Graph." },
  },
  GRAPH_DELTA_EXPIRED: {
    class: "permanent-container",
    en: { message: "The change token of {path} has expired ({graphCode}).", remedy: "Nothing to do: the list is read anew and compared." },
    fr: { message: "Le jeton de changement de {path} a expiré ({graphCode}).", remedy: "Rien à faire : la liste est relue et comparée." },
  },
  GRAPH_LOCKED: {
    class: "permanent-container",
    en: { message: "{path} is locked ({graphCode}, request {requestId}).", remedy: "Unlock or un-archive the site, then run again." },
    fr: { message: "{path} est verrouillé ({graphCode}, requête {requestId}).", remedy: "Déverrouillez ou désarchivez le site, puis relancez." },
  },
  GRAPH_THROTTLED: {
    class: "throttled",
    en: { message: "Graph asks to slow down ({status} {graphCode}, request {requestId}).", remedy: "Run again later; the limits are Microsoft's." },
    fr: { message: "Graph demande de ralentir ({status} {graphCode}, requête {requestId}).", remedy: "Relancez plus tard ; les limites sont celles de Microsoft." },
  },
  GRAPH_PASSING: {
    class: "retryable",
    en: { message: "Graph failed in passing ({status} {graphCode}, request {requestId}).", remedy: "Run again; if it persists, give Microsoft support the request id." },
    fr: { message: "Défaillance passagère de Graph ({status} {graphCode}, requête {requestId}).", remedy: "Relancez ; si elle persiste, donnez l'identifiant de requête au support Microsoft." },
  },
  GRAPH_NO_MIME: {
    class: "permanent-item",
    en: { message: "Exchange cannot write {path} as a message ({status} {graphCode}, request {requestId}).", remedy: "Nothing to do when it was rebuilt from its fields; else move it by hand from Outlook." },
    fr: { message: "Exchange ne peut pas écrire {path} comme message ({status} {graphCode}, requête {requestId}).", remedy: "Rien à faire s'il a été reconstitué depuis ses champs ; sinon déplacez-le à la main depuis Outlook." },
  },
  GRAPH_INFECTED: {
    class: "permanent-item",
    en: { message: "Graph gives no content for {path}: it takes the file for infected (request {requestId}).", remedy: "Have the administrator look at the file in SharePoint." },
    fr: { message: "Graph ne donne pas le contenu de {path} : il tient le fichier pour infecté (requête {requestId}).", remedy: "Faites examiner le fichier par l'administrateur dans SharePoint." },
  },
  GRAPH_NOT_OFFERED: {
    class: "permanent-container",
    en: { message: "This cloud's Graph has no {path} ({reason}, request {requestId}).", remedy: "Nothing to do: it cannot be read in this cloud. Check that source.cloud is the tenant's." },
    fr: { message: "Le Graph de ce nuage n'a pas de {path} ({reason}, requête {requestId}).", remedy: "Rien à faire : cela ne se lit pas dans ce nuage. Vérifiez que source.cloud est celui du locataire." },
  },
  GRAPH_MAILBOX_FULL: {
    class: "permanent-container",
    en: { message: "The mailbox is full: Graph keeps no change tokens in it ({path}, {graphCode}, request {requestId}).", remedy: "Nothing to do where the folder was listed instead; else make room in the mailbox or raise its quota." },
    fr: { message: "La boîte est pleine : Graph n'y garde pas de jeton de changement ({path}, {graphCode}, requête {requestId}).", remedy: "Rien à faire là où le dossier a été listé à la place ; sinon libérez de la place dans la boîte ou relevez son quota." },
  },
  GRAPH_UNLISTED: {
    class: "permanent-container",
    en: { message: "{count} item(s) of this folder make each list fail that would name them; all others were read.", remedy: "Find them in Outlook by what is missing from the folder, move them elsewhere or delete them, then run again." },
    fr: { message: "{count} élément(s) de ce dossier font échouer toute liste qui les nommerait ; tous les autres ont été lus.", remedy: "Trouvez-les dans Outlook par ce qui manque au dossier, déplacez-les ou supprimez-les, puis relancez." },
  },
  GRAPH_REFUSED: {
    class: "permanent-item",
    en: { message: "Graph refuses {path}: {reason} ({status} {graphCode}, request {requestId}).", remedy: "Give Microsoft support the request id." },
    fr: { message: "Graph refuse {path} : {reason} ({status} {graphCode}, requête {requestId}).", remedy: "Donnez l'identifiant de requête au support Microsoft." },
  },
  GRAPH_CONNECTION: {
    class: "retryable",
    en: { message: "The connection to Graph broke: {reason}", remedy: "Check the network and the proxy, then run again." },
    fr: { message: "La connexion à Graph s'est rompue : {reason}", remedy: "Vérifiez le réseau et le mandataire, puis relancez." },
  },
  GRAPH_TRUNCATED: {
    class: "retryable",
    en: { message: "{path} stopped short of its announced length.", remedy: "Run again; the item is read anew." },
    fr: { message: "{path} s'est arrêté avant la longueur annoncée.", remedy: "Relancez ; l'élément est relu." },
  },
  GRAPH_FOREIGN: {
    class: "retryable",
    en: { message: "{path} was answered by something else than Graph: {reason}", remedy: "A proxy or gateway on the way answers in Graph's place: check it, then run again." },
    fr: { message: "{path} a reçu une réponse qui n'est pas de Graph : {reason}", remedy: "Un mandataire ou une passerelle répond à la place de Graph : vérifiez-le, puis relancez." },
  },
  GRAPH_OVERSIZED: {
    class: "permanent-item",
    en: { message: "{path} was answered with more than Graph ever tells at once (over {limit}).", remedy: "Find in Outlook or SharePoint what is so large there, and move it by hand; if nothing is, check what answers in Graph's place." },
    fr: { message: "La réponse de {path} dépasse tout ce que Graph donne d'un coup (plus de {limit}).", remedy: "Cherchez dans Outlook ou SharePoint ce qui y est si volumineux et déplacez-le à la main ; s'il n'y a rien, vérifiez ce qui répond à la place de Graph." },
  },
  GRAPH_LOOP: {
    class: "permanent-container",
    en: { message: "The pages of {path} repeat themselves.", remedy: "Run again later; if it persists, give Microsoft support the request id." },
    fr: { message: "Les pages de {path} se répètent.", remedy: "Relancez plus tard ; si cela persiste, signalez-le au support Microsoft." },
  },
  GRAPH_SHAPE: {
    class: "permanent-item",
    en: { message: "{path} has a shape that the documentation does not know: {reason}", remedy: "Report it with the request id." },
    fr: { message: "{path} a une forme que la documentation ne connaît pas : {reason}", remedy: "Signalez-le avec l'identifiant de requête." },
  },
});
