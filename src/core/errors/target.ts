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
  TARGET_SILENT: {
    class: "retryable",
    en: { message: "The target {target} took a request and said nothing more for {seconds} s.", remedy: "Run again; what arrived is recognised. If it persists, look at the target's log and at the proxy before it; where they work for longer on one request, raise `timeout` of the target." },
    fr: { message: "La cible {target} a reçu une requête et n'a plus rien dit pendant {seconds} s.", remedy: "Relancez ; ce qui est arrivé sera reconnu. Si cela persiste, regardez le journal de la cible et celui du mandataire placé devant elle ; s'ils travaillent plus longtemps à une requête, augmentez `timeout` de la cible." },
  },
  TARGET_CREDENTIAL: {
    class: "permanent-container",
    en: { message: "The target {target} refuses the sign-in of {account}.", remedy: "Check user, password or token (it may have expired) and the account's existence at the target." },
    fr: { message: "La cible {target} refuse la connexion de {account}.", remedy: "Vérifiez l'utilisateur, le mot de passe ou le jeton (il a pu expirer) et l'existence du compte sur la cible." },
  },
  TARGET_NO_RIGHT: {
    class: "permanent-container",
    en: { message: "{user} has no right to what belongs to {account} at {target}: {reason}", remedy: "Give that user the rights of a delegate on the account's calendars or address books (access list, sharing), or sign in as the account itself." },
    fr: { message: "{user} n'a aucun droit sur ce qui appartient à {account} sur {target} : {reason}", remedy: "Donnez à cet utilisateur les droits d'un délégué sur les agendas ou carnets du compte (liste d'accès, partage), ou connectez-vous avec le compte lui-même." },
  },
  TARGET_OWNER_REMOVES: {
    class: "permanent-container",
    en: { message: "{container} of {account} at {target} is empty and gone at the source, and only its owner can remove it: for {user} the server would only give up the right to it.", remedy: "Remove it as the account itself, or leave it." },
    fr: { message: "{container} de {account} sur {target} est vide et n'est plus à la source, et seul son propriétaire peut le supprimer : pour {user}, le serveur ne ferait que renoncer au droit d'y accéder.", remedy: "Supprimez-le avec le compte lui-même, ou laissez-le." },
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
  TARGET_IDS_SPENT: {
    class: "permanent-item",
    en: { message: "The target {target} keeps {count} discarded tries of the item, and takes no further one.", remedy: "Have the target's trash purged, then run again; find out what cuts the uploads of this item." },
    fr: { message: "La cible {target} garde {count} essais écartés de l'élément, et n'en prend plus.", remedy: "Faites purger la corbeille de la cible, puis relancez ; cherchez ce qui interrompt les envois de cet élément." },
  },
  TARGET_MARK_LOST: {
    class: "fatal-config",
    en: { message: "The target {target} does not give back the mark by which what was written there is found again: {reason}", remedy: "Do not run again: what was written could not be told from what is missing. Look at what the target made of the first post, and tell it to the project." },
    fr: { message: "La cible {target} ne rend pas la marque par laquelle ce qui y a été écrit se retrouve : {reason}", remedy: "Ne relancez pas : ce qui a été écrit ne se distinguerait plus de ce qui manque. Regardez ce que la cible a fait de la première publication, et dites-le au projet." },
  },
  TARGET_NOT_KEPT: {
    class: "fatal-config",
    en: { message: "The target {target} does not give back what was sent there first: {reason}", remedy: "Do not run again: what this program sends is not what the target understands, or it keeps it in another form (encrypted before it leaves the person's machine). Look at the first file or folder there, and tell it to the project." },
    fr: { message: "La cible {target} ne rend pas ce qui lui a été envoyé en premier : {reason}", remedy: "Ne relancez pas : ce que ce programme envoie n'est pas ce que la cible comprend, ou elle le garde sous une autre forme (chiffrée avant de quitter le poste). Regardez là-bas le premier fichier ou dossier, et dites-le au projet." },
  },
  TARGET_SECOND_FACTOR: {
    class: "fatal-config",
    en: { message: "The target {target} asks {account} for a second factor.", remedy: "Use a service account without double authentication, for the time of the migration." },
    fr: { message: "La cible {target} demande un second facteur à {account}.", remedy: "Utilisez un compte de service sans double authentification, le temps de la migration." },
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
    en: { message: "{target} cannot remove one message alone ({reason}).", remedy: "Remove the outdated copy by hand." },
    fr: { message: "{target} ne sait pas supprimer un seul message ({reason}).", remedy: "Supprimez à la main la copie périmée." },
  },
  TARGET_NO_WEBHOOK: {
    class: "permanent-container",
    en: { message: "{target} names no incoming webhook for {container}.", remedy: "Add one for the group that is to have it, and name it in `webhooks` of the target; or leave the channel to the hand-over package (docs/handover.md)." },
    fr: { message: "{target} ne nomme aucun webhook entrant pour {container}.", remedy: "Ajoutez-en un pour le groupe qui doit le recevoir, et nommez-le dans `webhooks` de la cible ; ou laissez le canal au paquet de remise (docs/handover.md)." },
  },
  TARGET_WEBHOOK: {
    class: "permanent-container",
    en: { message: "The incoming webhook of {container} at {target} cannot be used: {reason}", remedy: "See that it still stands; else add one for the group. Put its whole address where `webhooks` of the target points." },
    fr: { message: "Le webhook entrant de {container} sur {target} est inutilisable : {reason}", remedy: "Vérifiez qu'il existe encore ; sinon ajoutez-en un pour le groupe. Mettez son adresse entière à l'endroit que désigne `webhooks` de la cible." },
  },
  TARGET_UNSURE: {
    class: "permanent-item",
    en: { message: "Whether this arrived at {target} is not known: {reason}. The target does not tell, and the same sent again would stand there twice: it was not.", remedy: "Look for it at the target. Then let the target's option `unsure` say what holds for all such items: `arrived`, or `send` to have them sent (its README tells of other forms); and run again." },
    fr: { message: "On ne sait pas si cet élément est arrivé sur {target} : {reason}. La cible ne le dit pas, et un second envoi le doublerait : il n'a pas été renvoyé.", remedy: "Cherchez-le sur la cible. Que l'option `unsure` de la cible dise ensuite ce qui vaut pour tous ces éléments : `arrived` (arrivés), ou `send` pour les envoyer (son README donne d'autres formes) ; puis relancez." },
  },
  TARGET_THREAD_IN_DOUBT: {
    class: "permanent-item",
    en: { message: "Whether the message that this one answers arrived at {target} is not known: the answer waits for it.", remedy: "Settle the doubt about the first message of the thread (TARGET_UNSURE), then run again." },
    fr: { message: "On ne sait pas si le message auquel celui-ci répond est arrivé sur {target} : la réponse l'attend.", remedy: "Levez le doute sur le premier message du fil (TARGET_UNSURE), puis relancez." },
  },
  TARGET_SEARCH_LATE: {
    class: "fatal-config",
    en: { message: "The search of {target} does not show what was just written there ({reason}): nothing more is sent, since none of it could be found again.", remedy: "Look whether it stands at the target. Run again later: what the search shows by then is recognised. Where the search only needs longer, raise `searchWait` of the target; where it never shows the reference, tell it to the project." },
    fr: { message: "La recherche de {target} ne montre pas ce qui vient d'y être écrit ({reason}) : rien de plus n'est envoyé, car rien ne s'en retrouverait.", remedy: "Regardez s'il se trouve sur la cible. Relancez plus tard : ce que la recherche montrera alors sera reconnu. Si elle a seulement besoin de plus de temps, augmentez `searchWait` de la cible ; si elle ne montre jamais la référence, dites-le au projet." },
  },
  TARGET_OPEN_API: {
    class: "fatal-config",
    en: { message: "The Open API of {target} is not at its address, or refuses the key or this machine: {reason}", remedy: "See that `url` is the site's own address (the Open API is at <site>/rest/); in JPlatform's administration that the key still holds, and for which URL prefix (<site>/rest/), methods (GET, POST) and addresses it was made; and that `rest.readaccess.ipfilter` lets this machine pass (docs/targets/jalios.md). After refused sign-ins the platform refuses everything for half a minute: wait before the next try." },
    fr: { message: "L'Open API de {target} n'est pas à son adresse, ou refuse la clé ou cette machine : {reason}", remedy: "Vérifiez que `url` est l'adresse du site lui-même (l'Open API est à <site>/rest/) ; dans l'administration de JPlatform que la clé vaut encore, et pour quel préfixe d'URL (<site>/rest/), quelles méthodes (GET, POST) et quelles adresses elle a été faite ; et que `rest.readaccess.ipfilter` laisse passer cette machine (docs/targets/jalios.md). Après des connexions refusées, la plateforme refuse tout pendant une demi-minute : attendez avant le prochain essai." },
  },
  TARGET_OPEN_API_WRITE: {
    class: "permanent-container",
    en: { message: "The Open API of {target} refuses to write: {reason}", remedy: "Give the key's member the right to publish this type in the workspace; see that the key was made for POST, and that `rest.writeaccess.ipfilter` lets this machine pass (docs/targets/jalios.md)." },
    fr: { message: "L'Open API de {target} refuse l'écriture : {reason}", remedy: "Donnez au membre de la clé le droit de publier ce type dans l'espace de travail ; vérifiez que la clé a été faite pour POST, et que `rest.writeaccess.ipfilter` laisse passer cette machine (docs/targets/jalios.md)." },
  },
  TARGET_TYPE_MISSING: {
    class: "fatal-config",
    en: { message: "The platform {target} does not have what is to be written: {reason}", remedy: "`root` and `reply` of the target name types and their fields: see <site>/rest/types for those of your platform. A type may have to be activated, or its module installed." },
    fr: { message: "La plateforme {target} n'a pas ce qui doit être écrit : {reason}", remedy: "`root` et `reply` de la cible nomment des types et leurs champs : voyez ceux de votre plateforme à <site>/rest/types. Un type est peut-être à activer, ou son module à installer." },
  },
  TARGET_NO_WORKSPACE: {
    class: "permanent-container",
    en: { message: "{target} names no workspace for {container}.", remedy: "Make one for those who are to read the channel, and name its identifier in `workspaces` of the target; or leave the channel to the hand-over package (docs/handover.md)." },
    fr: { message: "{target} ne nomme aucun espace de travail pour {container}.", remedy: "Créez-en un pour celles et ceux qui doivent lire le canal, et nommez son identifiant dans `workspaces` de la cible ; ou laissez le canal au paquet de remise (docs/handover.md)." },
  },
  TARGET_CONTAINER_UNSURE: {
    class: "permanent-container",
    en: { message: "Whether {container} was made at {target} is not known: {reason}. The target cannot be asked, and made again it would stand there twice: it was not.", remedy: "Look for it at the target, and delete it if it is there: nothing of ours is in it. Then set the target's option `unsure` to `send`, with which it is made; and run again." },
    fr: { message: "On ne sait pas si {container} a été créé sur {target} : {reason}. La cible ne peut être interrogée, et une seconde création le doublerait : il n'a pas été recréé.", remedy: "Cherchez-le sur la cible, et supprimez-le s'il y est : rien de nous ne s'y trouve. Donnez ensuite la valeur `send` à l'option `unsure` de la cible, avec laquelle il est créé ; puis relancez." },
  },
  TARGET_NO_SPHERE: {
    class: "permanent-container",
    en: { message: "{target} names no sphere for {account}.", remedy: "Name one whose members may read all of these files, in `spheres` of the target; or route the files of {account} elsewhere." },
    fr: { message: "{target} ne nomme aucune sphère pour {account}.", remedy: "Nommez-en une dont les membres peuvent lire tous ces fichiers, dans `spheres` de la cible ; ou envoyez ailleurs les fichiers de {account}." },
  },
  TARGET_ROOM_ENCRYPTED: {
    class: "permanent-container",
    en: { message: "The room {room} of {target} is encrypted: nobody can write for others into it.", remedy: "Turn off encryption by default for the migration (Synapse: encryption_enabled_by_default_for_room_type: off), remove the room's alias, and run again." },
    fr: { message: "Le salon {room} de {target} est chiffré : personne ne peut y écrire au nom d'autrui.", remedy: "Désactivez le chiffrement par défaut pendant la migration (Synapse : encryption_enabled_by_default_for_room_type: off), retirez l'alias du salon, et relancez." },
  },
  TARGET_AS_TOKEN: {
    class: "fatal-config",
    en: { message: "The Matrix server of {target} does not know the token: {reason}", remedy: "`token` is the as_token of the registration file. The server must name that file (Synapse: app_service_config_files) and have been restarted since; a new file has new tokens." },
    fr: { message: "Le serveur Matrix de {target} ne connaît pas le jeton : {reason}", remedy: "`token` est l'as_token du fichier d'inscription. Le serveur doit nommer ce fichier (Synapse : app_service_config_files) et avoir redémarré depuis ; un nouveau fichier a de nouveaux jetons." },
  },
  TARGET_NAMESPACE: {
    class: "permanent-container",
    en: { message: "The registration at {target} does not cover an account or a room alias that is needed: {reason}", remedy: "Write the file anew without --ghosts-only (`o365-exodus matrix registration`) and restart the server; or set `authors: ghosts`. Another application service may have reserved the name." },
    fr: { message: "L'inscription sur {target} ne couvre pas un compte ou un alias de salon nécessaire : {reason}", remedy: "Réécrivez le fichier sans --ghosts-only (`o365-exodus matrix registration`) et redémarrez le serveur ; ou choisissez `authors: ghosts`. Un autre service applicatif peut avoir réservé le nom." },
  },
  TARGET_ACCOUNT_CLOSED: {
    class: "permanent-item",
    en: { message: "The author's account at {target} is deactivated, suspended or locked: {reason}", remedy: "Open the account for the time of the migration, or name another one for this address in `accounts`; then run again." },
    fr: { message: "Le compte de l'auteur sur {target} est désactivé, suspendu ou verrouillé : {reason}", remedy: "Ouvrez le compte le temps de la migration, ou indiquez-en un autre pour cette adresse dans `accounts` ; puis relancez." },
  },
  TARGET_ROOM_VERSION: {
    class: "fatal-config",
    en: { message: "The Matrix server of {target} does not make rooms of this version: {reason}", remedy: "Set `roomVersion` to one that the server names (`doctor` lists them)." },
    fr: { message: "Le serveur Matrix de {target} ne crée pas de salons de cette version : {reason}", remedy: "Donnez à `roomVersion` une version que le serveur annonce (`doctor` les énumère)." },
  },
  TARGET_NO_ACCOUNT: {
    class: "permanent-container",
    en: { message: "{account} has no account at {target}.", remedy: "Add its mail domain to `domains` of the target, or name its account in `accounts` or in the identity map." },
    fr: { message: "{account} n'a pas de compte sur {target}.", remedy: "Ajoutez son domaine de courriel à `domains` de la cible, ou indiquez son compte dans `accounts` ou dans la table des identités." },
  },
  TARGET_OTHER_PART: {
    class: "fatal-config",
    en: { message: "What stands at the target {target} was written by its part \"{writer}\", not by \"{part}\", which would write it all again.", remedy: "Give the target the options of {writer} again (and `use`, where both are there); or name a new target in `targets`, which starts from nothing." },
    fr: { message: "Ce qui se trouve sur la cible {target} a été écrit par sa partie « {writer} », non par « {part} », qui réécrirait tout.", remedy: "Rendez à la cible les options de {writer} (et `use`, si les deux y sont) ; ou nommez une nouvelle cible dans `targets`, qui part de rien." },
  },
  TARGET_NOT_DELEGATED: {
    class: "permanent-container",
    en: { message: "Whoever signs in at {target} may not act for {account} ({reason}).", remedy: "Have the mailbox delegated to the account that signs in (docs/targets/jmap.md), or correct the account's name in the identity map." },
    fr: { message: "Qui se connecte à {target} ne peut agir pour {account} ({reason}).", remedy: "Faites déléguer la boîte au compte qui se connecte (docs/targets/jmap.md), ou corrigez le nom du compte dans la table des identités." },
  },
  TARGET_MECHANISM: {
    class: "fatal-config",
    en: { message: "{target} does not offer the sign-in {mechanism}; it offers: {offered} {reason}", remedy: "Use TLS (`security`): servers offer passwords over it only. Else choose the kind of credential that it offers (`password`, or `token` for OAuth), or have it enabled there." },
    fr: { message: "{target} ne propose pas la connexion {mechanism} ; il propose : {offered} {reason}", remedy: "Utilisez TLS (`security`) : les serveurs n'acceptent les mots de passe qu'ainsi. Sinon choisissez le genre d'identifiant qu'il propose (`password`, ou `token` pour OAuth), ou faites-le activer." },
  },
  TARGET_NO_ACL: {
    class: "permanent-container",
    en: { message: "{target} has no access lists (ACL, RFC 4314): the rights of the option `rights` cannot be given there.", remedy: "Mail arrives all the same. Have access lists enabled (Dovecot: the plugins acl and imap_acl), or take the option away and give the rights by the server's own means." },
    fr: { message: "{target} n'a pas de listes d'accès (ACL, RFC 4314) : les droits de l'option `rights` ne peuvent y être donnés.", remedy: "Le courrier arrive tout de même. Faites activer les listes d'accès (Dovecot : les greffons acl et imap_acl), ou retirez l'option et donnez les droits par les moyens du serveur." },
  },
  TARGET_STARTTLS: {
    class: "fatal-config",
    en: { message: "{target} agrees to STARTTLS and says nothing more once TLS is asked for.", remedy: "Set `security: tls` and the port on which the server speaks TLS from the first byte (James up to 3.9 cannot go on after STARTTLS: `socketTLS` in its managesieveserver.xml)." },
    fr: { message: "{target} accepte STARTTLS puis ne dit plus rien une fois TLS demandé.", remedy: "Mettez `security: tls` et le port où le serveur parle TLS dès le premier octet (James jusqu'à 3.9 ne sait pas poursuivre après STARTTLS : `socketTLS` dans son managesieveserver.xml)." },
  },
  TARGET_SCRIPT_LONG: {
    class: "permanent-item",
    en: { message: "With this item, the filter script of {account} is longer than {target} takes ({reason}); what stood before stays.", remedy: "Raise the server's limit, where it has a setting for it, then run again (James has none, and takes 8,000 characters: some twenty rules); else have that person write the rule themselves at the target, or leave out others that they no longer need." },
    fr: { message: "Avec cet élément, le script de filtrage de {account} est plus long que ce que {target} accepte ({reason}) ; ce qui s'y trouvait y reste.", remedy: "Relevez la limite du serveur s'il a un réglage pour cela, puis relancez (James n'en a pas et accepte 8 000 caractères, une vingtaine de règles) ; sinon faites écrire la règle par la personne sur la cible, ou laissez de côté celles dont elle n'a plus besoin." },
  },
  TARGET_SCRIPT_FOREIGN: {
    class: "permanent-container",
    en: { message: "{account} has a filter script \"{script}\" at {target} that this program did not write, or whose marks are gone: it is left as it is.", remedy: "Rename that script at the target, or choose another name with the option `script`, then run again." },
    fr: { message: "{account} a sur {target} un script de filtrage « {script} » que ce programme n'a pas écrit, ou dont les marques ont disparu : il reste tel quel.", remedy: "Renommez ce script sur la cible, ou choisissez un autre nom par l'option `script`, puis relancez." },
  },
  TARGET_SCRIPT_TWICE: {
    class: "permanent-container",
    en: { message: "{account} has two filter scripts at {target}: \"{from}\" of an earlier run, and \"{script}\", whose name it was to take. Neither is touched.", remedy: "Delete or rename at the target the one that is not wanted, or set the option `script` to \"{from}\" again; then run again." },
    fr: { message: "{account} a deux scripts de filtrage sur {target} : « {from} », d'une exécution précédente, et « {script} », dont il devait prendre le nom. Ni l'un ni l'autre n'est touché.", remedy: "Supprimez ou renommez sur la cible celui qui n'est pas voulu, ou remettez l'option `script` à « {from} » ; puis relancez." },
  },
  TARGET_DELEGATION: {
    class: "permanent-container",
    en: { message: "{target} does not let {user} sign in for {account}: {reason}", remedy: "Check the password of {user}, its right to act for others (Dovecot: master user; James: auth.adminUsers; Cyrus: proxyservers; Twake's calendars: SABRE_IMPERSONATION_ENABLED), and that {account} exists there." },
    fr: { message: "{target} ne laisse pas {user} se connecter pour {account} : {reason}", remedy: "Vérifiez le mot de passe de {user}, son droit d'agir pour autrui (Dovecot : master user ; James : auth.adminUsers ; Cyrus : proxyservers ; agendas de Twake : SABRE_IMPERSONATION_ENABLED), et l'existence de {account} sur la cible." },
  },
  TARGET_TOKEN: {
    class: "permanent-container",
    en: { message: "{target} refuses the token of {account}: {reason}", remedy: "Tokens expire: issue a new one for {account}, with the right to what is written there, where `token` or `password` of the target points, or on the account's line of `accounts`; then run again: what arrived is recognised." },
    fr: { message: "{target} refuse le jeton de {account} : {reason}", remedy: "Les jetons expirent : émettez-en un nouveau pour {account}, avec le droit à ce qui y est écrit, à l'endroit que désigne `token` ou `password` de la cible, ou à la ligne du compte dans `accounts` ; puis relancez : ce qui est arrivé sera reconnu." },
  },
  TARGET_NO_HOME: {
    class: "permanent-container",
    en: { message: "{target} names no calendars or address books for {account}.", remedy: "Check that the account exists there; or give the address of its home, with the account's name in `url`." },
    fr: { message: "{target} n'indique ni agendas ni carnets d'adresses pour {account}.", remedy: "Vérifiez que le compte y existe ; ou donnez l'adresse de son dossier, avec le nom du compte dans `url`." },
  },
});
