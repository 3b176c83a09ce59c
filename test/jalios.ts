/** The technical member of the emulated platform, and its key. */
export const MEMBER = { id: "j_7", login: "reprise", email: "reprise@commune.example", fullName: "Reprise Microsoft 365" };
export const KEY = "cle-de-reprise-0123456789";
