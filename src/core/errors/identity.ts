import { entries } from "./entry.js";

/** Of the identity map, found by `doctor`, `audit` and `init identities --check` (docs/identities.md). */
export const IDENTITY_ERRORS = entries({
  IDENTITY_SOURCE: {
    class: "fatal-config",
    en: { message: "Who signs in to {source} reads nothing of others in the directory.", remedy: "Use an application with a credential for this command (`source` without deviceCode)." },
    fr: { message: "Qui se connecte à {source} ne lit rien des autres dans l'annuaire.", remedy: "Pour cette commande, utilisez une application munie d'un certificat ou d'un secret (`source` sans deviceCode)." },
  },
  IDENTITY_TWICE: {
    class: "fatal-config",
    en: { message: "{sources} stands on several lines of the identity map: {lines}", remedy: "Leave one line. Where the ids differ, the name was given to another person: keep both lines, each with an account of its own, and change the source in the one that is gone." },
    fr: { message: "{sources} figure sur plusieurs lignes de la table d'identités : {lines}", remedy: "N'en laissez qu'une. Si les id diffèrent, le nom a été donné à une autre personne : gardez les deux lignes, chacune avec son compte, et changez la source dans celle qui est « gone »." },
  },
  IDENTITY_OTHER: {
    class: "fatal-config",
    en: { message: "Line {line} of the identity map has the name of {source} and the id of another person ({other}; now {id}): nothing of {source} is migrated.", remedy: "The name was given to another person: run `o365-exodus init identities`, which gives them a line of their own, and settle the accounts. If it is the same person, made anew in the directory, empty the id in that line first." },
    fr: { message: "La ligne {line} de la table d'identités porte le nom de {source} et l'id d'une autre personne ({other} ; à présent {id}) : rien de {source} n'est migré.", remedy: "Le nom a été donné à une autre personne : lancez `o365-exodus init identities`, qui lui donne sa propre ligne, puis décidez des comptes. Si c'est la même personne, recréée dans l'annuaire, videz d'abord l'id de cette ligne." },
  },
  IDENTITY_CASE: {
    class: "fatal-config",
    en: { message: "These differ in capitals only: {sources} (lines {lines})", remedy: "Addresses are the same whatever their capitals: leave one line, or correct the account that was meant otherwise." },
    fr: { message: "Seules les majuscules les distinguent : {sources} (lignes {lines})", remedy: "Une adresse est la même quelles que soient ses majuscules : ne laissez qu'une ligne, ou corrigez le compte qui devait être un autre." },
  },
  IDENTITY_SHARED: {
    class: "fatal-config",
    en: { message: "The account {account} is given to several: {sources}", remedy: "What is theirs would stand mixed in one account: give each an account of its own." },
    fr: { message: "Le compte {account} est attribué à plusieurs : {sources}", remedy: "Leurs contenus se mélangeraient dans un seul compte : donnez à chacun le sien." },
  },
  IDENTITY_ALIAS: {
    class: "fatal-config",
    en: { message: "The address {address} belongs to several: {sources}", remedy: "Settle whose it is, in the directory or in the column addresses: a target takes an address for one account only." },
    fr: { message: "L'adresse {address} appartient à plusieurs : {sources}", remedy: "Décidez à qui elle est, dans l'annuaire ou dans la colonne addresses : une cible n'admet une adresse que pour un seul compte." },
  },
  IDENTITY_EMPTY: {
    class: "fatal-config",
    en: { message: "Line {line} of the identity map lacks a source or an account (source: \"{source}\").", remedy: "Fill it in; only guests need no account." },
    fr: { message: "La ligne {line} de la table d'identités n'a pas de source ou pas de compte (source : « {source} »).", remedy: "Complétez-la ; seuls les invités n'ont pas besoin de compte." },
  },
  IDENTITY_TARGET: {
    class: "fatal-config",
    en: { message: "The column {column} of the identity map names no target of the configuration: its accounts would not be used.", remedy: "Correct the name after the @ to one of: {known}; or take the column out." },
    fr: { message: "La colonne {column} de la table d'identités ne nomme aucune cible de la configuration : ses comptes ne serviraient pas.", remedy: "Corrigez le nom après le @ ({known}), ou retirez la colonne." },
  },
  IDENTITY_KIND: {
    class: "fatal-config",
    en: { message: "Line {line}: \"{kind}\" is no kind ({source}).", remedy: "Choose one of: {known}." },
    fr: { message: "Ligne {line} : « {kind} » n'est pas un genre ({source}).", remedy: "Choisissez parmi : {known}." },
  },
  IDENTITY_GUEST: {
    class: "permanent-item",
    en: { message: "{count} guest(s) have an account at the target: {sources}", remedy: "Nothing of theirs is migrated; the account stands for them as authors only. Empty it if they are to stay outside." },
    fr: { message: "{count} invité(s) ont un compte sur la cible : {sources}", remedy: "Rien à eux n'est migré ; ce compte ne les représente que comme auteurs. Videz-le s'ils doivent rester extérieurs." },
  },
  IDENTITY_UNKNOWN: {
    class: "fatal-config",
    en: { message: "{count} line(s) of the identity map name nobody at the source: {sources}", remedy: "Correct the source account, or take the line out; `o365-exodus init identities` follows who was renamed, and marks who is gone." },
    fr: { message: "{count} ligne(s) de la table d'identités ne nomment personne à la source : {sources}", remedy: "Corrigez le compte source ou retirez la ligne ; `o365-exodus init identities` suit ceux qui ont changé de nom et marque ceux qui sont partis." },
  },
  IDENTITY_MISSING: {
    class: "fatal-config",
    en: { message: "{count} person(s) are not in the identity map, and would go to an account of the same name: {sources}", remedy: "Run `o365-exodus init identities` again: it adds them and keeps what was edited." },
    fr: { message: "{count} personne(s) absentes de la table d'identités iraient vers un compte du même nom : {sources}", remedy: "Relancez `o365-exodus init identities` : il les ajoute et garde ce qui a été modifié." },
  },
});
