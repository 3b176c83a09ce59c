/** French of the help of `handover`, `matrix`, `targets` and `sandbox`; by its English. */
export const FRENCH_TOOLS: Readonly<Record<string, string>> = {
  "make a package for a vendor's import team of what the archive target holds: files, who is who, rights, losses, checksums, a letter":
    "fait un paquet pour l'équipe d'import d'un éditeur à partir de la cible archive : fichiers, identités, droits, pertes, empreintes, lettre",
  "folder of the packages, 001, 002 …": "dossier des paquets, 001, 002 …",
  "who receives it": "qui le reçoit",
  "the target of adapter archive, when there are several": "la cible d'adaptateur archive, s'il y en a plusieurs",
  "most bytes of a part": "taille maximale d'une partie",
  "4 GiB less 1 MiB, what an ordinary zip file takes": "4 Gio moins 1 Mio, ce que prend un fichier zip ordinaire",
  [`
The first run writes package 001, everything; later ones the next package, with what is new or changed since, and delta.csv, which also
names what is gone. Nothing has changed: nothing is written. Cut off (INCOMPLETE.txt stands in it): run the same command again.
Run \`migrate\` and \`verify\` before. The package is in clear. Layout: docs/handover.md.

Examples:
  o365-exodus handover --for wimi --to ./remise-wimi
  o365-exodus handover --for jalios --to ./remise --part-size 2GB --lang fr
  (cd remise/001 && sha256sum -c --quiet SHA256SUMS)`]: `
La première fois s'écrit le paquet 001, en entier ; ensuite le paquet suivant, avec ce qui est nouveau ou changé depuis, et delta.csv, qui
nomme aussi ce qui a disparu. Rien n'a changé : rien n'est écrit. Interrompu (INCOMPLETE.txt s'y trouve) : relancez la même commande.
Lancez \`migrate\` et \`verify\` avant. Le paquet est en clair. Disposition : docs/handover.fr.md.

Exemples :
  o365-exodus handover --for wimi --to ./remise-wimi
  o365-exodus handover --for jalios --to ./remise --part-size 2GB --lang fr
  (cd remise/001 && sha256sum -c --quiet SHA256SUMS)`,
  "prepare a Matrix server (docs/targets/matrix.md)": "prépare un serveur Matrix (docs/targets/matrix.md)",
  "write the registration file of the application service by which messages keep their authors and dates":
    "écrit le fichier d'inscription du service applicatif grâce auquel les messages gardent auteurs et dates",
  "name of the home server, as in @user:name": "nom du serveur, comme dans @utilisateur:nom",
  "account of the service itself": "compte du service lui-même",
  "file to write, readable by you alone": "fichier à écrire, lisible de vous seul",
  "nobody else may make accounts and rooms named m365_…": "réserve les comptes et salons m365_…",
  "write as m365_… accounts only, never as anybody's own account": "n'écrit que sous des comptes m365_…, jamais sous celui d'une personne",
  [`
The file holds new random tokens: give it to the server (Synapse: app_service_config_files), restart it, and name the as_token in the
configuration.

Examples:
  o365-exodus matrix registration --server mairie.example
  o365-exodus matrix registration --server mairie.example --exclusive --output /etc/matrix-synapse/o365-exodus.yaml
  o365-exodus matrix registration --server mairie.example --ghosts-only`]: `
Le fichier contient de nouveaux jetons aléatoires : donnez-le au serveur (Synapse : app_service_config_files), redémarrez-le, et
nommez l'as_token dans la configuration.

Exemples :
  o365-exodus matrix registration --server mairie.example
  o365-exodus matrix registration --server mairie.example --exclusive --output /etc/matrix-synapse/o365-exodus.yaml
  o365-exodus matrix registration --server mairie.example --ghosts-only`,
  "what each target takes, by which way, on what proof, with which losses": "ce que prend chaque cible, par quelle voie, sur quelle preuve, avec quelles pertes",
  "only these kinds of content": "ces contenus seulement",
  "one adapter or platform, at length": "un adaptateur ou une plateforme, en détail",
  [`
Needs no configuration and no network.
--json: one record a target and kind of content, of type "target" (target, title, kind, page, workload, support, route, evidence, losses, note, cite, handover).

Examples:
  o365-exodus targets
  o365-exodus targets gofast
  o365-exodus --lang fr targets wimi --workload files channels
  o365-exodus --json targets | jq -r 'select(.workload == "mail" and .evidence == "own-server").target'`]: `
Sans configuration ni réseau.
--json : un enregistrement par cible et contenu, de type « target » (target, title, kind, page, workload, support, route, evidence, losses, note, cite, handover).

Exemples :
  o365-exodus targets
  o365-exodus targets gofast
  o365-exodus --lang fr targets wimi --workload files channels
  o365-exodus --json targets | jq -r 'select(.workload == "mail" and .evidence == "own-server").target'`,
  "serve a tenant folder as Microsoft sign-in and Graph on this machine (https, loopback)": "sert un dossier de locataire comme la connexion et Graph de Microsoft sur cette machine (https, boucle locale)",
  "tenant folder; default: the small public body that comes with the program": "dossier du locataire ; par défaut : le petit organisme livré avec le programme",
  "port; default: a free one": "port ; par défaut : un port libre",
  "delay of every answer": "délai de chaque réponse",
  "enforce the published limits (strict: Outlook's four requests at once for all mailboxes together)": "fait respecter les limites publiées (strict : les quatre requêtes simultanées d'Outlook pour toutes les boîtes ensemble)",
  "shorten the windows of the limits, and what they allow, by this factor (0 to 1; none below a second): 0.01 makes 100 requests in 6 seconds of 10,000 in 10 minutes":
    "raccourcit les fenêtres des limites, et ce qu'elles permettent, par ce facteur (0 à 1 ; aucune sous une seconde) : 0.01 fait 100 requêtes en 6 secondes de 10 000 en 10 minutes",
  "JSON list of faults to inject": "liste JSON des pannes à injecter",
  "give pages of so many rows at most where a client only prefers a size": "donne des pages d'au plus tant de lignes là où un client ne fait que préférer une taille",
  "serve what that cloud has": "sert ce qu'a ce nuage",
  "serve without these too, for example message.categories": "sert aussi sans celles-ci, par exemple message.categories",
  "write one JSON line per request": "écrit une ligne JSON par requête",
  [`
Examples:
  o365-exodus sandbox --tenant ./tenant      prints one JSON line when ready
  o365-exodus sandbox generate --users 100 --messages 500 --files 50 --seed 1 --out ./tenant`]: `
Exemples :
  o365-exodus sandbox --tenant ./tenant      affiche une ligne JSON quand il est prêt
  o365-exodus sandbox generate --users 100 --messages 500 --files 50 --seed 1 --out ./tenant`,
  "write a tenant folder of any size, the same one for the same seed": "écrit un dossier de locataire de toute taille, le même pour la même graine",
  "folder to write": "dossier à écrire",
  "people": "personnes",
  "messages a person": "messages par personne",
  "files a person": "fichiers par personne",
  "teams, each with its group's conversations, plan, list, pages and library; with any, everybody has chats, tasks, a notebook and settings too":
    "équipes, chacune avec les conversations, le plan, la liste, les pages et la bibliothèque de son groupe ; dès une, chacun a aussi discussions, tâches, bloc-notes et réglages",
  "seed": "graine",
  "median size of a message": "taille médiane d'un message",
  "one large file of this size in the first drive": "un grand fichier de cette taille dans le premier lecteur",
};
