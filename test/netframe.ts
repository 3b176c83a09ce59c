/** The service person of the emulated instance, and the house that channels are made in. */
export const SERVICE = { id: 7, email: "reprise@commune.example", password: "mot-de-passe-de-reprise" };
export const HOUSE = { type: "house", id: 12 } as const;
