/** French of the help of the program itself and of the commands that read, write, check and tell; by its English. */
export const FRENCH_RUNS: Readonly<Record<string, string>> = {
  "Leave Microsoft 365: read a tenant through Microsoft Graph, keep it in an open vault, write it to open targets.":
    "Quitter Microsoft 365 : lire un locataire par Microsoft Graph, le garder dans un coffre ouvert, l'écrire vers des cibles ouvertes.",
  "output the version number": "affiche le numéro de version",
  "display help for command": "affiche l'aide de la commande",
  "configuration file": "fichier de configuration",
  "one JSON object per line on stdout; sentences go to stderr": "un objet JSON par ligne sur la sortie standard ; les phrases vont sur la sortie d'erreur",
  "language of sentences and reports": "langue des phrases et des rapports",
  "how much to tell of internal failures": "ce qui est dit des défaillances internes",
  "errors only": "les erreurs seulement",
  [`
Exit codes: 0 complete; 1 internal error; 2 usage; 3 complete with failed items; 4 verification found differences;
10 configuration; 11 vault locked; 12 vault version; 13 credential or consent; 14 target refused; 15 disk full;
75 stopped on purpose (run again to go on); 130 interrupted (run again to go on).`]: `
Codes de sortie : 0 complet ; 1 erreur interne ; 2 usage ; 3 complet avec des éléments en échec ; 4 la vérification a trouvé des différences ;
10 configuration ; 11 coffre verrouillé ; 12 version du coffre ; 13 droit d'accès ou consentement ; 14 cible refusée ; 15 disque plein ;
75 arrêté exprès (relancez pour continuer) ; 130 interrompu (relancez pour continuer).`,
  "write a commented exodus.yaml to start from": "écrit un exodus.yaml commenté pour commencer",
  "overwrite an existing file": "remplace un fichier existant",
  [`
Examples:
  o365-exodus init --lang fr && o365-exodus doctor
  o365-exodus init identities --out identities.csv
  o365-exodus init provisioning`]: `
Exemples :
  o365-exodus init --lang fr && o365-exodus doctor
  o365-exodus init identities --out identities.csv
  o365-exodus init provisioning`,
  "write the identity map from the directory: who has which account at the targets; made again, it keeps what was edited and tells what is new, changed, gone":
    "écrit la table des identités depuis l'annuaire : qui a quel compte aux cibles ; refaite, elle garde ce qui fut modifié et dit ce qui est nouveau, changé, disparu",
  "the file; default: `identities` of the configuration, else identities.csv beside it": "le fichier ; par défaut : `identities` de la configuration, sinon identities.csv à côté d'elle",
  "write nothing: exit code 10 when something is wrong, 4 when the directory has changed since": "n'écrit rien : code de sortie 10 si quelque chose ne va pas, 4 si l'annuaire a changé depuis",
  [`
Columns, kinds and findings: docs/identities.md.

Examples:
  o365-exodus init identities --lang fr        then edit the columns account, kind, note
  o365-exodus init identities --check --json   before each pass`]: `
Colonnes, sortes et constats : docs/identities.fr.md.

Exemples :
  o365-exodus init identities --lang fr        puis modifiez les colonnes account, kind, note
  o365-exodus init identities --check --json   avant chaque passe`,
  "write users.csv, groups.csv and members.csv from the directory, for a target's own import of accounts and groups":
    "écrit users.csv, groups.csv et members.csv depuis l'annuaire, pour l'import de comptes et de groupes d'une cible",
  "where to": "où",
  "with the accounts at this target (account@NAME of the identity map)": "avec les comptes de cette cible (account@NOM de la table des identités)",
  "people in the columns of this platform's own import, too": "les personnes aussi dans les colonnes de l'import propre à cette plateforme",
  [`
Accounts are those of the identity map (\`identities\`), else the addresses. Columns: docs/identities.md.

Example:
  o365-exodus init identities && o365-exodus init provisioning --out comptes`]: `
Les comptes sont ceux de la table des identités (\`identities\`), sinon les adresses. Colonnes : docs/identities.fr.md.

Exemple :
  o365-exodus init identities && o365-exodus init provisioning --out comptes`,
  "sign a person in by a device code (source.deviceCode), and keep that for the next runs": "connecte une personne par un code d'appareil (source.deviceCode), et le garde pour les exécutions suivantes",
  "remove what is kept of the sign-in": "supprime ce qui est gardé de la connexion",
  [`
Examples:
  o365-exodus sign-in            shows a code to enter on Microsoft's page, and keeps the sign-in beside the vault
  o365-exodus sign-in --json     the code as a line of JSON, for another program to show
  o365-exodus sign-in --forget   removes what is kept, before another person signs in`]: `
Exemples :
  o365-exodus sign-in            montre un code à saisir sur la page de Microsoft, et garde la connexion à côté du coffre
  o365-exodus sign-in --json     le code en une ligne de JSON, pour qu'un autre programme le montre
  o365-exodus sign-in --forget   supprime ce qui est gardé, avant qu'une autre personne se connecte`,
  "check sign-in, consents, the identity map, who goes where, the reachability of every target and what opens an encrypted vault, with the remedy for what is missing":
    "contrôle la connexion, les consentements, la table des identités, qui va où, l'accès à chaque cible et ce qui ouvre un coffre chiffré, avec le remède à ce qui manque",
  "ask the mailbox of every owner of the configuration, not of the first 200 only": "interroge la boîte de chaque propriétaire de la configuration, non des 200 premiers seulement",
  [`
Example:
  o365-exodus doctor --owners --lang fr`]: `
Exemple :
  o365-exodus doctor --owners --lang fr`,
  "dry run: what is there per owner and workload, what each route would lose, what blocks; writes nothing but its report":
    "à blanc : ce qu'il y a par propriétaire et contenu, ce que perdrait chaque route, ce qui bloque ; n'écrit rien que son rapport",
  "only these owners": "ces propriétaires seulement",
  "only these workloads": "ces contenus seulement",
  "foresee item by item from what was pulled already, without asking the source": "prévoit élément par élément d'après ce qui a déjà été lu, sans interroger la source",
  "with --from-vault: also by the bytes of messages and cards, where something hangs on them": "avec --from-vault : aussi d'après les octets des messages et des cartes, là où quelque chose en dépend",
  [`
A sure loss follows from the item alone; a possible one hangs on the target, or on what was not read.

Examples:
  o365-exodus audit --lang fr
  o365-exodus audit --from-vault --workload files --json`]: `
Une perte sûre découle de l'élément seul ; une perte possible dépend de la cible, ou de ce qui n'a pas été lu.

Exemples :
  o365-exodus audit --lang fr
  o365-exodus audit --from-vault --workload files --json`,
  "what a run would do, in its order; with --explain the least time that Microsoft's published limits allow, with the arithmetic":
    "ce que ferait une exécution, dans son ordre ; avec --explain le temps minimal que permettent les limites publiées par Microsoft, avec le calcul",
  "only what these routes of exodus.yaml take, counted from 1": "ce que prennent ces routes d'exodus.yaml seulement, comptées à partir de 1",
  "count at the source, and show the bound of each workload": "compte à la source, et montre la borne de chaque contenu",
  [`
Examples:
  o365-exodus plan
  o365-exodus plan --explain --workload mail`]: `
Exemples :
  o365-exodus plan
  o365-exodus plan --explain --workload mail`,
  "read the tenant into the vault and write it to the targets, as one pipeline": "lit le locataire dans le coffre et l'écrit vers les cibles, d'un seul tenant",
  "full, delta or cutover; unfinished passes of the same kind go on": "full, delta ou cutover ; une passe inachevée de la même sorte continue",
  "also remove at the target what was deleted at the source (only objects that we created)": "retire aussi de la cible ce qui a été supprimé à la source (seulement les objets créés par ce programme)",
  "read the owners that --owner names again, though they were erased from the vault": "relit les propriétaires que nomme --owner, bien qu'ils aient été effacés du coffre",
  "follow the routes also where an earlier run wrote to another target: what stands there stays": "suit les routes même là où une exécution antérieure a écrit vers une autre cible : ce qui s'y trouve y reste",
  "stop in time with everything saved, for example 40m": "s'arrête à temps, tout étant sauvé, par exemple 40m",
  [`
Examples:
  o365-exodus migrate                             everything that exodus.yaml routes
  o365-exodus migrate --owner claire@mairie.fr    one person
  o365-exodus migrate --route 2                   what the second route of exodus.yaml takes
  o365-exodus migrate --pass delta                what has changed since
  o365-exodus migrate --max-duration 40m          stop in time with exit code 75; run again to go on`]: `
Exemples :
  o365-exodus migrate                             tout ce que route exodus.yaml
  o365-exodus migrate --owner claire@mairie.fr    une personne
  o365-exodus migrate --route 2                   ce que prend la deuxième route d'exodus.yaml
  o365-exodus migrate --pass delta                ce qui a changé depuis
  o365-exodus migrate --max-duration 40m          s'arrête à temps avec le code de sortie 75 ; relancez pour continuer`,
  "only read: fill the vault from the tenant": "lit seulement : remplit le coffre depuis le locataire",
  [`
Example:
  o365-exodus pull --workload mail`]: `
Exemple :
  o365-exodus pull --workload mail`,
  "only write: bring what the vault holds to the targets": "écrit seulement : porte aux cibles ce que contient le coffre",
  [`
Example:
  o365-exodus push --owner claire@mairie.fr`]: `
Exemple :
  o365-exodus push --owner claire@mairie.fr`,
  "try again what failed or was blocked in the last run, and nothing else: the tenant is not listed anew": "réessaie ce qui a échoué ou était bloqué à la dernière exécution, et rien d'autre : le locataire n'est pas relu en entier",
  "only tell what failed, by owner, workload and code, with the remedy; writes nothing": "dit seulement ce qui a échoué, par propriétaire, contenu et code, avec le remède ; n'écrit rien",
  "only owners' workloads in which something failed with one of these codes (docs/errors.md)": "seulement les contenus de propriétaires où quelque chose a échoué avec l'un de ces codes (docs/errors.md)",
  "also put again what the last verify did not find at the target, be it that people have moved or deleted it there":
    "dépose à nouveau aussi ce que le dernier verify n'a pas trouvé à la cible, même si des personnes l'y ont déplacé ou supprimé",
  [`
Examples:
  o365-exodus retry --list                        what there is to mend
  o365-exodus retry                               once it is mended
  o365-exodus retry --code TARGET_QUOTA_FULL      those whose account was full
  o365-exodus retry --missing                     after a verify that ended with exit code 4`]: `
Exemples :
  o365-exodus retry --list                        ce qu'il y a à réparer
  o365-exodus retry                               une fois réparé
  o365-exodus retry --code TARGET_QUOTA_FULL      ceux dont le compte était plein
  o365-exodus retry --missing                     après un verify fini par le code de sortie 4`,
  "how far the migration is: the same account as at the end of a run": "où en est la migration : le même compte qu'à la fin d'une exécution",
  [`
Example:
  o365-exodus status --json`]: `
Exemple :
  o365-exodus status --json`,
  "re-read the targets and compare every item with the vault; writes nothing there": "relit les cibles et compare chaque élément au coffre ; n'y écrit rien",
  "read only what its server says has changed since it was last verified, or cannot say; the rest keeps its verdict":
    "ne relit que ce que son serveur dit changé depuis la dernière vérification, ou ne sait dire ; le reste garde son verdict",
  [`
--changed goes by the server's own word (CONDSTORE of IMAP, JMAP, sync-collection of CalDAV and CardDAV): what a server
does not know, such as a backup put back or a damaged disk, and damage in the vault, is seen without --changed only.
Servers that cannot say are read whole.

Examples:
  o365-exodus verify --workload files      exit code 4 when something differs
  o365-exodus verify --changed             every night, beside a whole verify now and then`]: `
--changed se fie à la parole du serveur (CONDSTORE d'IMAP, JMAP, sync-collection de CalDAV et CardDAV) : ce qu'un serveur
ignore, comme une sauvegarde remise en place ou un disque abîmé, et un coffre abîmé, ne se voient que sans --changed.
Les serveurs qui ne savent dire sont relus en entier.

Exemples :
  o365-exodus verify --workload files      code de sortie 4 si quelque chose diffère
  o365-exodus verify --changed             chaque nuit, avec un verify entier de temps à autre`,
  "write the report of the last pass again (HTML, JSON, CSV)": "écrit à nouveau le rapport de la dernière passe (HTML, JSON, CSV)",
  "instead: who may see which files, folders and calendars, from the vault (rights.html, rights.csv), to set up rights at the target":
    "à la place : qui peut voir quels fichiers, dossiers et agendas, d'après le coffre (rights.html, rights.csv), pour régler les droits à la cible",
  "with --rights: only these owners": "avec --rights : ces propriétaires seulement",
  [`
Examples:
  o365-exodus report --lang fr
  o365-exodus report --rights --owner claire@mairie.fr`]: `
Exemples :
  o365-exodus report --lang fr
  o365-exodus report --rights --owner claire@mairie.fr`,
  "take back from the targets what was put there for the named owners; the vault keeps everything": "reprend aux cibles ce qui y fut déposé pour les propriétaires nommés ; le coffre garde tout",
  "whose": "de qui",
  "only at these targets, also ones that no route names any more": "à ces cibles seulement, même celles qu'aucune route ne nomme plus",
  "also what people have changed there since, what cannot be read again to compare, and what stood there before":
    "aussi ce que des personnes y ont changé depuis, ce qui ne se relit pas pour comparer, et ce qui s'y trouvait avant",
  "do it; without it, only tell what would be taken back": "le fait ; sans elle, dit seulement ce qui serait repris",
  [`
Only objects that the ledger names are removed, each only where it still is as it was put, and folders that were made for them once nothing is in them.
What the next migrate routes there is put there again: change the routes first.

Examples:
  o365-exodus rollback --owner claire@mairie.fr                          what would go
  o365-exodus rollback --owner claire@mairie.fr --yes
  o365-exodus rollback --owner claire@mairie.fr --target pilote --yes    after a change of target`]: `
Ne sont retirés que les objets nommés au registre, chacun s'il est encore comme il fut déposé, et les dossiers créés pour eux une fois vides.
Ce que le prochain migrate route là y est déposé à nouveau : changez d'abord les routes.

Exemples :
  o365-exodus rollback --owner claire@mairie.fr                          ce qui partirait
  o365-exodus rollback --owner claire@mairie.fr --yes
  o365-exodus rollback --owner claire@mairie.fr --target pilote --yes    après un changement de cible`,
  "the whole job on this machine, without account, server or network: a small public body leaves Microsoft 365 for an archive on disk":
    "tout le travail sur cette machine, sans compte, serveur ni réseau : un petit organisme public quitte Microsoft 365 pour une archive sur disque",
  "another tenant folder; default: the small public body that comes with the program": "un autre dossier de locataire ; par défaut : le petit organisme livré avec le programme",
  "folder to work in": "dossier de travail",
  [`
Examples:
  o365-exodus demo
  o365-exodus demo --tenant ./tenant --out ./essai --lang fr`]: `
Exemples :
  o365-exodus demo
  o365-exodus demo --tenant ./tenant --out ./essai --lang fr`,
};
