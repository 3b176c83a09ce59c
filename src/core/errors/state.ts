import { entries } from "./entry.js";

export const STATE_ERRORS = entries({
  STATE_VERSION: {
    class: "fatal-config",
    en: { message: "The checkpoints in {file} are of version {found}; this program knows version {known}.", remedy: "Use the version of o365-exodus that wrote them, or a newer one." },
    fr: { message: "Les points de reprise de {file} sont en version {found} ; ce programme connaît la version {known}.", remedy: "Utilisez la version d'o365-exodus qui les a écrits, ou une plus récente." },
  },
  STATE_BUSY: {
    class: "fatal-config",
    en: { message: "Somebody reads state.sqlite: what was removed cannot be overwritten yet.", remedy: "End `status` and other programs that look at the vault, then run `o365-exodus vault erase` again." },
    fr: { message: "Quelqu'un lit state.sqlite : ce qui en est retiré ne peut pas encore être écrasé.", remedy: "Terminez `status` et les autres programmes qui regardent le coffre, puis relancez `o365-exodus vault erase`." },
  },
  STATE_KEY: {
    class: "fatal-config",
    en: { message: "{file} cannot be read: it is damaged, or belongs to another vault's key.", remedy: "Restore it from the same backup as the rest; or move it away, with its -wal and -shm, and make it anew with `o365-exodus vault rebuild`." },
    fr: { message: "{file} est illisible : il est abîmé, ou relève de la clé d'un autre coffre.", remedy: "Restaurez-le depuis la même sauvegarde que le reste ; ou écartez-le, avec ses -wal et -shm, et refaites-le par `o365-exodus vault rebuild`." },
  },
});
