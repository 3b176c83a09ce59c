import { entries } from "./entry.js";

/** Of routes by group or by property of the directory, and what is to be told of who goes where (docs/routes.md). */
export const ROUTE_ERRORS = entries({
  ROUTE_GROUP_UNKNOWN: {
    class: "fatal-config",
    en: { message: "A route names the group \"{group}\", which the directory does not have.", remedy: "Correct it: a group is named by its address, its display name or its object id (`o365-exodus audit --workload directory` with `groups: all` lists them)." },
    fr: { message: "Une route nomme le groupe « {group} », absent de l'annuaire.", remedy: "Corrigez : un groupe se nomme par son adresse, son nom affiché ou son identifiant (`o365-exodus audit --workload directory` avec `groups: all` les énumère)." },
  },
  ROUTE_GROUP_AMBIGUOUS: {
    class: "fatal-config",
    en: { message: "A route names the group \"{group}\", and several are called so: {ids}", remedy: "Name it by its address, or by one of these object ids." },
    fr: { message: "Une route nomme le groupe « {group} », et plusieurs s'appellent ainsi : {ids}", remedy: "Nommez-le par son adresse ou par l'un de ces identifiants." },
  },
  ROUTE_GROUP_EMPTY: {
    class: "fatal-config",
    en: { message: "A route names the group \"{group}\", in which nobody is, nor in any group inside it.", remedy: "Fill it, or take the route out. Members of a group that hides them are told with the permission Member.Read.Hidden only." },
    fr: { message: "Une route nomme le groupe « {group} », qui ne contient personne, pas plus que les groupes qu'il contient.", remedy: "Remplissez-le, ou retirez la route. Les membres d'un groupe qui les cache ne sont communiqués qu'avec l'autorisation Member.Read.Hidden." },
  },
  ROUTE_FACTS_UNTOLD: {
    class: "fatal-config",
    en: { message: "Route {route} asks the directory about {owner}, and the answer is not known here.", remedy: "Run `o365-exodus pull` or `migrate` once with these routes: their answers are kept for commands that do not ask the source. A cloud that lacks the property needs a route by `owners` or `group`." },
    fr: { message: "La route {route} interroge l'annuaire sur {owner}, et la réponse n'est pas connue ici.", remedy: "Lancez une fois `o365-exodus pull` ou `migrate` avec ces routes : leurs réponses sont gardées pour les commandes qui n'interrogent pas la source. Si le nuage n'a pas cette propriété, passez par `owners` ou `group`." },
  },
  ROUTE_UNMATCHED: {
    class: "permanent-container",
    en: { message: "{workload} of {count} owner(s) matches no route and stays where it is: {owners}", remedy: "Add a route for the rest at the end, or `to: none` to leave it out on purpose. With routes by kind, `o365-exodus init identities` adds whom the identity map does not know yet." },
    fr: { message: "{workload} de {count} propriétaire(s) : aucune route ne correspond, rien n'est déplacé : {owners}", remedy: "Ajoutez à la fin une route pour le reste, ou `to: none` pour l'écarter volontairement. Avec des routes par `kind`, `o365-exodus init identities` ajoute ceux que la table d'identités ne connaît pas encore." },
  },
  ROUTE_SHADOWED: {
    class: "permanent-container",
    en: { message: "{workload}: route {route} takes it of everybody, and none of it goes to {to}, which route {also} names too.", remedy: "Right where route {also} is for the rest. Where both are meant, name all targets in route {route} (`to: [a, b]`)." },
    fr: { message: "{workload} : la route {route} le prend pour tout le monde, et rien n'en va sur {to}, que nomme aussi la route {also}.", remedy: "C'est juste si la route {also} est pour le reste. Si les deux sont voulues, nommez toutes les cibles dans la route {route} (`to: [a, b]`)." },
  },
  ROUTE_OWNER_UNLISTED: {
    class: "permanent-container",
    en: { message: "Route {route} names in `owners` whom the source does not list: {owners}", remedy: "Correct the names (user principal name, address of a group or a site; somebody may have been renamed or have left), or take them out. Groups and sites are listed where `groups` and `sites` choose them." },
    fr: { message: "La route {route} nomme dans `owners` qui la source n'énumère pas : {owners}", remedy: "Corrigez les noms (nom d'utilisateur principal, adresse d'un groupe ou d'un site ; quelqu'un a pu changer de nom ou partir), ou retirez-les. Groupes et sites sont énumérés là où `groups` et `sites` les choisissent." },
  },
  ROUTE_NONE_UNKNOWN: {
    class: "fatal-config",
    en: { message: "Route {route} leaves out \"{owner}\" (`to: none`), whom the source does not list.", remedy: "Correct the name, or take it out: under another name this person would be migrated. A group is listed where `groups` chooses any; else it is not migrated, and needs no such route." },
    fr: { message: "La route {route} écarte « {owner} » (`to: none`), que la source n'énumère pas.", remedy: "Corrigez le nom, ou retirez-le : sous un autre nom, cette personne serait migrée. Un groupe est énuméré si `groups` en choisit ; sinon il n'est pas migré et se passe d'une telle route." },
  },
  ROUTE_UNTOLD: {
    class: "permanent-container",
    en: { message: "{workload} of {count} owner(s) hangs on route {route}, which asks the directory what it has not told of them: {owners}", remedy: "Mostly the tenant no longer has them. What stands at a target goes on there; what stands nowhere is not written. `o365-exodus pull --owner NAME` asks for who is still there; a route by `owners` before route {route} decides for who has left." },
    fr: { message: "{workload} de {count} propriétaire(s) dépend de la route {route}, qui demande à l'annuaire ce qu'il n'a pas dit d'eux : {owners}", remedy: "Le plus souvent, l'organisation ne les a plus. Ce qui est sur une cible y continue ; ce qui n'est nulle part n'est pas écrit. `o365-exodus pull --owner NOM` interroge l'annuaire sur qui est encore là ; une route par `owners`, avant la route {route}, décide pour qui est parti." },
  },
  ROUTE_TWICE: {
    class: "permanent-container",
    en: { message: "{workload} of {count} owner(s) matches route {route}, which is taken, and also {also}: {owners}", remedy: "If the other target is meant, put its route first, or narrow route {route}." },
    fr: { message: "{workload} de {count} propriétaire(s) correspond à la route {route}, qui est prise, et aussi à {also} : {owners}", remedy: "Si l'autre cible est voulue, placez sa route avant, ou restreignez la route {route}." },
  },
  ROUTE_MOVED: {
    class: "permanent-container",
    en: { message: "{workload} of {count} owner(s) stands at {from}; the routes now say {to}. It goes on at {from}: {owners}", remedy: "Nothing is written twice unasked. To have it at {to}: `o365-exodus migrate --reroute --owner NAME`; what stands at {from} stays until you remove it." },
    fr: { message: "{workload} de {count} propriétaire(s) se trouve sur {from} ; les routes disent maintenant {to}. La suite va à {from} : {owners}", remedy: "Rien n'est écrit deux fois sans demande. Pour aller sur {to} : `o365-exodus migrate --reroute --owner NOM` ; ce qui est sur {from} y reste jusqu'à ce que vous l'enleviez." },
  },
  ROUTE_NUMBER: {
    class: "fatal-config",
    en: { message: "There is no route {route}: the configuration has {routes}.", remedy: "Routes are counted from 1, in their order in exodus.yaml; `o365-exodus plan` shows them." },
    fr: { message: "Il n'y a pas de route {route} : la configuration en a {routes}.", remedy: "Les routes se comptent à partir de 1, dans l'ordre d'exodus.yaml ; `o365-exodus plan` les montre." },
  },
  ROUTE_LEFT: {
    class: "permanent-container",
    en: { message: "{workload} of {count} owner(s) stands at {from}, which the routes no longer name for it: {owners}", remedy: "It stays there as it is and gets no more changes: remove it when it is not needed, or name {from} in the route again (with `migrate --reroute` where that left it)." },
    fr: { message: "{workload} de {count} propriétaire(s) se trouve sur {from}, que les routes ne nomment plus : {owners}", remedy: "Cela y reste tel quel, sans plus de changements : enlevez-le quand il ne sert plus, ou nommez de nouveau {from} dans la route (avec `migrate --reroute` si c'est lui qui l'a quitté)." },
  },
});
