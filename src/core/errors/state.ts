import { entries } from "./entry.js";

export const STATE_ERRORS = entries({
  STATE_VERSION: {
    class: "fatal-config",
    en: { message: "The checkpoints in {file} are of version {found}; this program knows version {known}.", remedy: "Use the version of o365-exodus that wrote them, or a newer one." },
    fr: { message: "Les points de reprise de {file} sont en version {found} ; ce programme connaît la version {known}.", remedy: "Utilisez la version d'o365-exodus qui les a écrits, ou une plus récente." },
  },
});
