import type { Lang } from "../core/errors.js";

const EN = `# o365-exodus configuration. Secrets are never written here: name an environment variable (env:NAME) or a file (file:PATH).
version: 1

source:
  cloud: global                 # global, bleu, gcc-high, dod, china, delos, govsg
  tenantId: 00000000-0000-0000-0000-000000000000
  clientId: 00000000-0000-0000-0000-000000000000
  clientSecret: env:EXODUS_CLIENT_SECRET
  # or a certificate:
  # certificate: file:app.crt
  # privateKey: file:app.key
  # or certificate and key in one file:
  # pfx: file:app.pfx
  # pfxPassphrase: env:EXODUS_PFX_PASSPHRASE
  # or the token that a CI system issues to its job (workload identity federation):
  # federatedToken: env:EXODUS_TOKEN
  # or a person signs in, and their own content alone is read, OneNote too (o365-exodus sign-in; no secret then):
  # deviceCode: true
  # recoverableItems: true      # also what people deleted for good and can still recover
  # company: Mairie de Sainte-Ville   # names you in each request, as SharePoint asks
  # licences: 1200              # bought in the tenant: Microsoft's speed limits grow with them
  # apps:                       # further applications: the limits of mail, calendars and Teams are counted by application
  #   - clientId: 00000000-0000-0000-0000-000000000000
  #     clientSecret: env:EXODUS_CLIENT_SECRET_2

vault: ./vault                  # everything that is read is kept here, in open formats
# vault: { path: ./vault, recipients: [age1…], identity: file:me.txt }   # encrypted for whoever has an age key (age-keygen -o me.txt)
report: ./report

owners: all                     # or a list of user principal names
groups: none                    # all, or a list of addresses: Microsoft 365 groups and teams whose libraries and channels are migrated
sites: none                     # all, or a list of addresses without https://: the other SharePoint sites
# identities: identities.csv    # source account;target account, when they differ (o365-exodus init identities)

targets:
  archive:
    adapter: archive            # a browsable tree on disk, with an offline index
    path: ./archive
  # mail:
  #   adapter: imap
  #   host: imap.example.org
  #   port: 993
  #   security: tls
  #   user: "{account}"
  #   password: env:EXODUS_IMAP_PASSWORD
  # filters:
  #   adapter: managesieve        # inbox rules and absence messages (workload: settings)
  #   host: imap.example.org
  #   password: env:EXODUS_IMAP_PASSWORD
  #   imap: {}                    # asked for the names of folders
  #   redirects: inside           # rules resend mail to addresses of these domains only
  #   domains: [example.org]
  # agenda:
  #   adapter: caldav
  #   url: https://dav.example.org/{account}/
  #   user: "{account}"
  #   password: env:EXODUS_DAV_PASSWORD
  # rooms:
  #   adapter: matrix             # docs/targets/matrix.md
  #   url: https://matrix.example.org
  #   token: env:EXODUS_MATRIX_TOKEN
  #   domains: [example.org]
  # twake:                        # one target for a Twake Workplace: docs/targets/twake.md
  #   adapter: twake
  #   imap: { host: imap.example.org, admin: migration@example.org, password: env:EXODUS_TWAKE_MAIL }
  #   caldav: { url: https://sabre.example.org/, user: "migration&{account}", password: env:EXODUS_TWAKE_DAV }
  #   carddav: { url: https://sabre.example.org/, user: "migration&{account}", password: env:EXODUS_TWAKE_DAV }
  #   matrix: { url: https://matrix.example.org, token: env:EXODUS_TWAKE_CHAT, domains: [example.org] }

routes:                         # of each workload, the first that matches an owner is taken: docs/routes.md
  # - { workload: files, group: Finance directorate, to: drive }        # members of a group, and of groups inside it
  # - { workload: files, where: { department: IT }, to: [drive, archive] }
  # - { workload: all, owners: [test@example.org], to: none }           # left out on purpose
  - { workload: all, to: archive }    # or a list: [mail, calendar, contacts, files, channels, chats, settings, directory]
`;

const FR = `# Configuration d'o365-exodus. Aucun secret ici : nommez une variable d'environnement (env:NOM) ou un fichier (file:CHEMIN).
version: 1

source:
  cloud: global                 # global, bleu, gcc-high, dod, china, delos, govsg
  tenantId: 00000000-0000-0000-0000-000000000000
  clientId: 00000000-0000-0000-0000-000000000000
  clientSecret: env:EXODUS_CLIENT_SECRET
  # ou un certificat :
  # certificate: file:app.crt
  # privateKey: file:app.key
  # ou certificat et clé dans un seul fichier :
  # pfx: file:app.pfx
  # pfxPassphrase: env:EXODUS_PFX_PASSPHRASE
  # ou le jeton qu'un système d'intégration continue émet pour sa tâche (fédération d'identité) :
  # federatedToken: env:EXODUS_TOKEN
  # ou une personne se connecte, et seul son propre contenu est lu, OneNote compris (o365-exodus sign-in ; pas de secret alors) :
  # deviceCode: true
  # recoverableItems: true      # aussi ce qui a été supprimé définitivement et reste récupérable
  # company: Mairie de Sainte-Ville   # vous nomme dans chaque requête, comme le demande SharePoint
  # licences: 1200              # achetées dans le locataire : les limites de débit de Microsoft croissent avec elles
  # apps:                       # d'autres applications : les limites du courrier, des agendas et de Teams se comptent par application
  #   - clientId: 00000000-0000-0000-0000-000000000000
  #     clientSecret: env:EXODUS_CLIENT_SECRET_2

vault: ./vault                  # tout ce qui est lu est gardé ici, en formats ouverts
# vault: { path: ./vault, recipients: [age1…], identity: file:moi.txt }  # chiffré pour qui a une clé age (age-keygen -o moi.txt)
report: ./rapport

owners: all                     # ou une liste de noms d'utilisateur principaux
groups: none                    # all, ou une liste d'adresses : groupes Microsoft 365 et équipes dont les bibliothèques et les canaux sont migrés
sites: none                     # all, ou une liste d'adresses sans https:// : les autres sites SharePoint
# identities: identites.csv     # compte source;compte cible, quand ils diffèrent (o365-exodus init identities)

targets:
  archive:
    adapter: archive            # une arborescence lisible sur disque, avec un index hors ligne
    path: ./archive
  # courrier:
  #   adapter: imap
  #   host: imap.exemple.fr
  #   port: 993
  #   security: tls
  #   user: "{account}"
  #   password: env:EXODUS_IMAP_PASSWORD
  # filtres:
  #   adapter: managesieve        # règles de la boîte et messages d'absence (workload : settings)
  #   host: imap.exemple.fr
  #   password: env:EXODUS_IMAP_PASSWORD
  #   imap: {}                    # à qui demander les noms des dossiers
  #   redirects: inside           # les règles ne renvoient du courrier qu'aux adresses de ces domaines
  #   domains: [exemple.fr]
  # agenda:
  #   adapter: caldav
  #   url: https://dav.exemple.fr/{account}/
  #   user: "{account}"
  #   password: env:EXODUS_DAV_PASSWORD
  # salons:
  #   adapter: matrix             # docs/targets/matrix.md
  #   url: https://matrix.exemple.fr
  #   token: env:EXODUS_MATRIX_TOKEN
  #   domains: [exemple.fr]
  # twake:                        # une cible pour tout un Twake Workplace : docs/targets/twake.fr.md
  #   adapter: twake
  #   imap: { host: imap.exemple.fr, admin: migration@exemple.fr, password: env:EXODUS_TWAKE_COURRIER }
  #   caldav: { url: https://sabre.exemple.fr/, user: "migration&{account}", password: env:EXODUS_TWAKE_DAV }
  #   carddav: { url: https://sabre.exemple.fr/, user: "migration&{account}", password: env:EXODUS_TWAKE_DAV }
  #   matrix: { url: https://matrix.exemple.fr, token: env:EXODUS_TWAKE_DISCUSSION, domains: [exemple.fr] }

routes:                         # de chaque contenu, la première qui correspond à un propriétaire est prise : docs/routes.fr.md
  # - { workload: files, group: Direction des finances, to: fichiers }  # membres d'un groupe, et des groupes qu'il contient
  # - { workload: files, where: { department: DSI }, to: [fichiers, archive] }
  # - { workload: all, owners: [essai@exemple.fr], to: none }           # écarté volontairement
  - { workload: all, to: archive }    # ou une liste : [mail, calendar, contacts, files, channels, chats, settings, directory]

lang: fr
`;

/** The commented configuration that `init` writes. */
export function starterConfig(lang: Lang): string {
  return lang === "fr" ? FR : EN;
}
