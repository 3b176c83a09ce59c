import { entries } from "./entry.js";

export const SANDBOX_ERRORS = entries({
  SANDBOX_FAILED: {
    class: "fatal-config",
    en: { message: "The sandbox could not serve {tenant}: {reason}", remedy: "Check that the folder follows the layout of fixtures/README.md." },
    fr: { message: "Le bac à sable n'a pas pu servir {tenant} : {reason}", remedy: "Vérifiez que le dossier suit la disposition de fixtures/README.md." },
  },
});
