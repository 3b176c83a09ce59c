import type { Evidence, Support } from "../../core/adapter.js";
import type { Lang } from "../../core/errors.js";

interface Words {
  readonly evidence: Readonly<Record<Evidence, string>>;
  readonly support: Readonly<Record<Support, string>>;
  readonly columns: { readonly target: string; readonly content: string; readonly support: string; readonly route: string; readonly evidence: string; readonly losses: string; readonly note: string; readonly source: string };
  readonly title: string;
  readonly intro: string;
  readonly legend: readonly string[];
  readonly nothing: string;
  readonly colon: string;
  readonly more: string;
  /** How hand-over files are made for a platform. */
  readonly handOver: (platform: string) => string;
}

/** Sentences of the table of targets: command, README and docs/targets.md speak with the same ones. */
export const WORDS: Readonly<Record<Lang, Words>> = {
  en: {
    evidence: { live: "the real product", "own-server": "a real server in our tests", emulator: "an emulator", documented: "documents only", package: "hand-over files", none: "–" },
    support: { native: "yes", partial: "with losses", package: "as files", none: "no" },
    columns: { target: "target", content: "content", support: "taken", route: "by", evidence: "proof", losses: "possible losses", note: "to know", source: "source" },
    title: "What each target takes",
    intro: "Made from the adapters' manifests and `src/platforms` (`npm run make:targets`; a test fails on a difference). Losses: [losses.md](losses.md). The same in a terminal, with `--json`: `o365-exodus targets`.",
    legend: [
      "R  run on the real thing (a real server, or this machine's disk) by the conformance suite", "E  run on an emulator made from documents", "D  known from documents only: the protocol is proven on other servers",
      "P  as files, handed over to the vendor's import team", "–  not taken", "lower case: with losses that users see",
    ],
    nothing: "–", colon: ": ", more: "o365-exodus targets NAME shows one with routes, losses and sources.",
    handOver: (platform) => `made by o365-exodus handover --for ${platform} (docs/handover.md)`,
  },
  fr: {
    evidence: { live: "le produit réel", "own-server": "un serveur réel dans nos tests", emulator: "un émulateur", documented: "documents seuls", package: "fichiers remis", none: "–" },
    support: { native: "oui", partial: "avec pertes", package: "en fichiers", none: "non" },
    columns: { target: "cible", content: "contenu", support: "pris", route: "par", evidence: "preuve", losses: "pertes possibles", note: "à savoir", source: "source" },
    title: "Ce que prend chaque cible",
    intro: "Tiré des manifestes des adaptateurs et de `src/platforms` (`npm run make:targets` ; un test échoue à la moindre différence). Pertes : [losses.md](losses.md). La même chose dans un terminal, avec `--json` : `o365-exodus targets`.",
    legend: [
      "R  éprouvé sur le vrai (un serveur réel, ou le disque de cette machine) par la suite de conformité", "E  éprouvé sur un émulateur fait d'après des documents", "D  connu par des documents seuls : le protocole est éprouvé sur d'autres serveurs",
      "P  en fichiers, remis à l'équipe d'import de l'éditeur", "–  non pris", "minuscule : avec des pertes que les personnes voient",
    ],
    nothing: "–", colon: " : ", more: "o365-exodus targets NOM en montre une avec routes, pertes et sources.",
    handOver: (platform) => `faits par o365-exodus handover --for ${platform} (docs/handover.fr.md)`,
  },
};
