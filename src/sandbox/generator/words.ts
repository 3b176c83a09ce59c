type Some = readonly [string, ...string[]];

/** What a generated tenant is written with. */
export interface Words {
  readonly organisation: string;
  /** Mail folders; "/" parts levels. The first is where most messages lie. */
  readonly mail: Some;
  readonly drive: Some;
  readonly subjects: Some;
  readonly sentences: Some;
  readonly attachments: Some;
  readonly meetings: Some;
  readonly calendar: string;
  readonly file: (number: number) => string;
  readonly big: string;
  readonly category: string;
}

export const GIVEN: Some = ["Élodie", "François", "Gaëlle", "Hélène", "Jérôme", "Loïc", "Maëlys", "Noémie", "Rémi", "Zoé"];
export const FAMILY: Some = ["Lefèvre", "Garçon", "Müller", "Nguyễn", "d'Ormesson", "Le Goff", "Bénard", "Châtelain", "Pérez", "Kœnig"];

export const WORDS: Readonly<Record<"fr" | "en", Words>> = {
  fr: {
    organisation: "Établissement généré",
    mail: ["Boîte de réception", "Boîte de réception/Élus & délégations", "Éléments envoyés", "Archives 2025", "Archives 2025/Marchés publics"],
    drive: ["", "Délibérations", "Délibérations/2026", "Marchés publics"],
    subjects: ["Compte rendu de la réunion du bureau", "Délibération n° 12 — budget annexe", "Congés d'été", "Marché de voirie", "Convocation au conseil", "Rapport d'activité", "Dossier de subvention"],
    sentences: [
      "Vous trouverez ci-joint le projet de délibération, à relire avant jeudi.", "Le bureau se réunira en salle des mariages à 14 h 30.", "Merci de confirmer votre présence auprès du secrétariat.",
      "La commission d'appel d'offres a retenu trois candidats.", "Le dossier complet a été déposé sur l'espace partagé du service.", "Bien cordialement,", "La préfecture demande une pièce complémentaire avant la fin du mois.",
      "L'exercice 2025 se clôt sur un excédent de 12 480,50 €.", "Pourriez-vous me rappeler à ce sujet dès que possible ?", "Les travaux de la rue de l'Église débuteront après les congés.",
    ],
    attachments: ["Délibération n° 12.pdf", "Plan d'aménagement.pdf", "Budget 2026.xlsx", "Compte rendu signé.pdf"],
    meetings: ["Réunion de service", "Point budget", "Commission travaux", "Conseil", "Permanence des élus"],
    calendar: "Calendrier", file: (number) => `Pièce n° ${number} — été.txt`, big: "Enregistrement du conseil.bin", category: "Élus",
  },
  en: {
    organisation: "Generated organisation",
    mail: ["Inbox", "Inbox/Councillors & deputies", "Sent Items", "Archive 2025", "Archive 2025/Tenders"],
    drive: ["", "Minutes", "Minutes/2026", "Tenders"],
    subjects: ["Minutes of the board", "Resolution 12 — supplementary budget", "Summer leave", "Road works tender", "Council meeting", "Annual report", "Grant application"],
    sentences: [
      "Please find the draft resolution attached, to be read before Thursday.", "The board meets in the main hall at half past two.", "Please tell the office whether you will attend.",
      "Three tenderers were short-listed.", "The whole file is in the shared space of the department.", "Kind regards,", "One more document is required before the end of the month.",
      "The year 2025 closes with a surplus of €12,480.50.", "Could you call me back about this?", "Works in Church Street start after the holidays.",
    ],
    attachments: ["Resolution 12.pdf", "Site plan.pdf", "Budget 2026.xlsx", "Signed minutes.pdf"],
    meetings: ["Team meeting", "Budget review", "Works committee", "Council", "Surgery"],
    calendar: "Calendar", file: (number) => `Document ${number} — summer.txt`, big: "Council recording.bin", category: "Councillors",
  },
};
