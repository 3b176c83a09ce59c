import { EmulatedWhaller, type Person } from "./emulators/whaller/server.js";

/** Credentials of the emulated Whaller. */
export const APPLICATION = { clientId: "commune", clientToken: "jeton-de-l-application" };
export const PERSON: Person = { login: "reprise@commune.example", password: "mot-de-passe-de-reprise" };

export function emulatedWhaller(spheres: Readonly<Record<string, string>>): EmulatedWhaller {
  return new EmulatedWhaller(APPLICATION, PERSON, spheres);
}

/** Options of the adapter for it; the secrets are `env:WHALLER_TOKEN` and `env:WHALLER_PASSWORD`. */
export function whallerOptions(server: EmulatedWhaller, spheres: Readonly<Record<string, string>>): Record<string, unknown> {
  return { url: server.url, clientId: APPLICATION.clientId, clientToken: "env:WHALLER_TOKEN", login: PERSON.login, password: "env:WHALLER_PASSWORD", untried: true, spheres };
}
