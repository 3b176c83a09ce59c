/** The service account of the emulated platform. */
export const SERVICE = { id: 7, mail: "reprise@commune.example", password: "mot-de-passe-de-reprise", title: "Reprise Microsoft 365" };
