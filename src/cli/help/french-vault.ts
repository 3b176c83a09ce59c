/** French of the help of `vault` and its commands; by its English. */
export const FRENCH_VAULT: Readonly<Record<string, string>> = {
  "look into the vault and after it; needs no source, and with --vault no configuration": "regarde dans le coffre et en prend soin ; sans source, et avec --vault sans configuration",
  "check structure, records and the presence of every blob; with --read-data also every byte": "contrôle la structure, les enregistrements et la présence de chaque contenu ; avec --read-data chaque octet aussi",
  "the vault's folder; default: that of the configuration": "le dossier du coffre ; par défaut : celui de la configuration",
  "age identity that opens an encrypted vault, file:PATH or env:NAME; default: that of the configuration": "identité age qui ouvre un coffre chiffré, file:CHEMIN ou env:NOM ; par défaut : celle de la configuration",
  "hash every blob again": "recalcule l'empreinte de chaque contenu",
  "put right what is damaged, name what is lost, and have it read again; then check": "répare ce qui est abîmé, nomme ce qui est perdu et le fait relire ; puis contrôle",
  "judge every record by the published JSON Schemas too": "juge aussi chaque enregistrement par les schémas JSON publiés",
  [`
--repair deletes nothing: damaged bytes go to the owner's folder "damaged", what is whole in a damaged segment is written anew, a lost or
damaged state.sqlite is made anew. Items that are lost are named, and unreadable until the next pull or migrate reads them again (exit code 3).

Examples:
  o365-exodus vault check --read-data                 exit code 4 when something is wrong
  o365-exodus vault check --repair                    after a power cut
  o365-exodus vault check --repair --read-data        after damage to the disk
  o365-exodus vault check --vault ./vault --schema    names file, line, item and what is wrong`]: `
--repair ne supprime rien : les octets abîmés vont dans le dossier « damaged » du propriétaire, ce qui est entier dans un segment abîmé est écrit à neuf,
un state.sqlite perdu ou abîmé est refait. Les éléments perdus sont nommés, et illisibles jusqu'à ce que le prochain pull ou migrate les relise (code de sortie 3).

Exemples :
  o365-exodus vault check --read-data                 code de sortie 4 si quelque chose ne va pas
  o365-exodus vault check --repair                    après une coupure de courant
  o365-exodus vault check --repair --read-data        après un dommage au disque
  o365-exodus vault check --vault ./vault --schema    nomme fichier, ligne, élément et ce qui ne va pas`,
  "make the index (state.sqlite) anew from segments and records alone, when it is lost or damaged": "refait l'index (state.sqlite) depuis les segments et les enregistrements seuls, quand il est perdu ou abîmé",
  [`
What only the index knew is gone: what the targets have, and where the source's changes were read up to. Targets that can find
what stands there already take nothing twice.

Example:
  mv vault/state.sqlite state.sqlite.damaged && o365-exodus vault rebuild`]: `
Ce que seul l'index savait est perdu : ce qu'ont les cibles, et jusqu'où les changements de la source furent lus. Les cibles qui savent
retrouver ce qu'elles ont déjà ne prennent rien deux fois.

Exemple :
  mv vault/state.sqlite state.sqlite.damaged && o365-exodus vault rebuild`,
  "what the vault holds: owners; an owner's workloads; a workload's folders; a folder's items with their identifiers":
    "ce que contient le coffre : les propriétaires ; les contenus d'un propriétaire ; les dossiers d'un contenu ; les éléments d'un dossier avec leurs identifiants",
  "name of a user, group or site": "nom d'un utilisateur, d'un groupe ou d'un site",
  "kind of content": "sorte de contenu",
  "folder as `vault ls OWNER WORKLOAD` prints it": "un dossier comme l'affiche `vault ls PROPRIÉTAIRE CONTENU`",
  [`
Examples:
  o365-exodus vault ls
  o365-exodus vault ls claire@mairie.fr mail
  o365-exodus vault ls claire@mairie.fr mail "Boîte de réception/Projets"`]: `
Exemples :
  o365-exodus vault ls
  o365-exodus vault ls claire@mairie.fr mail
  o365-exodus vault ls claire@mairie.fr mail "Boîte de réception/Projets"`,
  "one item's bytes as they are kept (message, calendar object, card, file); what has none gives its record":
    "les octets d'un élément tels qu'ils sont gardés (message, objet d'agenda, carte, fichier) ; ce qui n'en a pas donne son enregistrement",
  "when several items are called so": "quand plusieurs éléments se nomment ainsi",
  "what the bytes do not tell, as JSON": "ce que les octets ne disent pas, en JSON",
  "another content that the record names: an older version, a picture, an attached file": "un autre contenu que nomme l'enregistrement : une version antérieure, une image, un fichier joint",
  "a message of a channel or chat made readable: nothing in it can run, mentions, quotes and cards are shown": "un message de canal ou de discussion rendu lisible : rien ne peut s'y exécuter, mentions, citations et cartes sont montrées",
  "identifier, as `vault ls` and `vault grep` print it": "identifiant, comme l'affichent `vault ls` et `vault grep`",
  [`
Examples:
  o365-exodus vault cat AAMkAGI1 > message.eml
  o365-exodus vault cat AAMkAGI1 --record
  o365-exodus vault cat 19:f2@thread.v2/1768204684310 --as markdown`]: `
Exemples :
  o365-exodus vault cat AAMkAGI1 > message.eml
  o365-exodus vault cat AAMkAGI1 --record
  o365-exodus vault cat 19:f2@thread.v2/1768204684310 --as markdown`,
  "find items by subject, sender, title or file name, without regard to case and accents": "trouve des éléments par objet, expéditeur, titre ou nom de fichier, sans égard à la casse ni aux accents",
  "also in bodies that are text: messages (those above 16 MiB as they are encoded), events, cards, pages, plain files":
    "aussi dans les corps qui sont du texte : messages (ceux de plus de 16 Mio tels qu'ils sont codés), événements, cartes, pages, fichiers texte",
  "what to look for": "ce qui est cherché",
  [`
Examples:
  o365-exodus vault grep seance
  o365-exodus vault grep "marché 2026" --workload mail --body --json`]: `
Exemples :
  o365-exodus vault grep seance
  o365-exodus vault grep "marché 2026" --workload mail --body --json`,
  "write the vault's mail for other mail programs (Maildir, mbox), or the whole vault as a bag for an archive (BagIt)":
    "écrit le courrier du coffre pour d'autres logiciels (Maildir, mbox), ou tout le coffre en un sac pour un service d'archives (BagIt)",
  "new folder of Maildir folders: bytes as received; read, flagged and draft in the names": "nouveau dossier de dossiers Maildir : octets tels que reçus ; lu, suivi et brouillon dans les noms",
  "new folder of mbox files (mboxrd): state in Status, X-Status and X-Keywords": "nouveau dossier de fichiers mbox (mboxrd) : état dans Status, X-Status et X-Keywords",
  "new folder, a bag of the vault's own files (RFC 8493)": "nouveau dossier, un sac des fichiers mêmes du coffre (RFC 8493)",
  [`
An export is written into a new folder; one that was cut off is to be deleted and made again.

Examples:
  o365-exodus vault export --mbox ./mbox --owner claire@mairie.fr
  o365-exodus vault export --vault ./vault --bagit ./deposit`]: `
Un export s'écrit dans un nouveau dossier ; s'il fut interrompu, supprimez-le et refaites-le.

Exemples :
  o365-exodus vault export --mbox ./mbox --owner claire@mairie.fr
  o365-exodus vault export --vault ./vault --bagit ./versement`,
  "write the vault anew into another folder: encrypted, for fewer or other recipients, or in clear": "écrit le coffre à neuf dans un autre dossier : chiffré, pour moins ou d'autres destinataires, ou en clair",
  "new folder": "nouveau dossier",
  "age recipients of the copy, age1…": "destinataires age de la copie, age1…",
  "a copy in clear": "une copie en clair",
  [`
The copy has a key of its own, and all that the vault and its index know: name it as vault.path in the configuration, with
its recipients, and runs go on where they stood. The identity must open both; a file may hold several. The vault itself stays
as it is: delete it when the copy has passed vault check --read-data. What is deleted may still be found on the disk, and in
backups. A person's sign-in is not copied.

Examples:
  o365-exodus vault copy --to vault-encrypted --recipient "$(age-keygen -y me.txt)" --identity file:me.txt
  o365-exodus vault copy --to vault-without-paul --recipient age1me… age1anna… --identity file:me.txt`]: `
La copie a sa propre clé, et tout ce que savent le coffre et son index : nommez-la vault.path dans la configuration, avec
ses destinataires, et les exécutions continuent où elles en étaient. L'identité doit ouvrir les deux ; un fichier peut en contenir
plusieurs. Le coffre lui-même reste tel quel : supprimez-le quand la copie a passé vault check --read-data. Ce qui est supprimé peut
encore se trouver sur le disque, et dans les sauvegardes. La connexion d'une personne n'est pas copiée.

Exemples :
  o365-exodus vault copy --to coffre-chiffre --recipient "$(age-keygen -y moi.txt)" --identity file:moi.txt
  o365-exodus vault copy --to coffre-sans-paul --recipient age1moi… age1anna… --identity file:moi.txt`,
  "remove everything of one owner from the vault for good, and keep a proof that names no content": "retire du coffre pour de bon tout d'un propriétaire, et garde une preuve qui ne nomme aucun contenu",
  "name or identifier of a user, group or site; without it, an erasure that was cut off is finished": "nom ou identifiant d'un utilisateur, d'un groupe ou d'un site ; sans lui, un effacement interrompu est achevé",
  "only show what would go": "montre seulement ce qui partirait",
  "do not ask": "ne demande pas confirmation",
  [`
Chats that other owners share are handed to one of them. The owner is not read again by later runs, unless \`migrate --owner NAME --again\` says so.
Only the vault is erased: not the targets, reports, exports, logs, backups, nor Microsoft 365.

Examples:
  o365-exodus vault erase --owner claire@mairie.fr --dry-run
  o365-exodus vault erase --owner claire@mairie.fr           asks first
  o365-exodus vault erase --yes                              finish what was cut off`]: `
Les discussions que partagent d'autres propriétaires passent à l'un d'eux. Le propriétaire n'est pas relu ensuite, sauf si \`migrate --owner NOM --again\` le dit.
Seul le coffre est effacé : ni les cibles, ni les rapports, exports, journaux, sauvegardes, ni Microsoft 365.

Exemples :
  o365-exodus vault erase --owner claire@mairie.fr --dry-run
  o365-exodus vault erase --owner claire@mairie.fr           demande d'abord
  o365-exodus vault erase --yes                              achève ce qui fut interrompu`,
  "who can open an encrypted vault": "qui peut ouvrir un coffre chiffré",
  [`
Example:
  o365-exodus vault recipients`]: `
Exemple :
  o365-exodus vault recipients`,
  "let further recipients open the vault: its key is encrypted anew, nothing else": "laisse d'autres destinataires ouvrir le coffre : sa clé est chiffrée à nouveau, rien d'autre",
  "age recipients, age1…": "destinataires age, age1…",
  [`
Whoever could open the vault before still can.

Example:
  o365-exodus vault recipients add "$(age-keygen -y archivist.txt)"`]: `
Qui pouvait ouvrir le coffre le peut encore.

Exemple :
  o365-exodus vault recipients add "$(age-keygen -y archiviste.txt)"`,
};
