import type { AdapterModule } from "../src/kit/define.js";

/** One line an adapter; a test compares it with the folders beside it. Loaded only when a configuration names it. */
const LOADERS = {
  archive: async () => (await import("./archive/index.js")).adapter,
  caldav: async () => (await import("./caldav/index.js")).adapter,
  carddav: async () => (await import("./carddav/index.js")).adapter,
  cozy: async () => (await import("./cozy/index.js")).adapter,
  fichiers: async () => (await import("./fichiers/index.js")).adapter,
  gofast: async () => (await import("./gofast/index.js")).adapter,
  imap: async () => (await import("./imap/index.js")).adapter,
  jalios: async () => (await import("./jalios/index.js")).adapter,
  jamespot: async () => (await import("./jamespot/index.js")).adapter,
  jmap: async () => (await import("./jmap/index.js")).adapter,
  managesieve: async () => (await import("./managesieve/index.js")).adapter,
  matrix: async () => (await import("./matrix/index.js")).adapter,
  netframe: async () => (await import("./netframe/index.js")).adapter,
  nextcloud: async () => (await import("./nextcloud/index.js")).adapter,
  talkspirit: async () => (await import("./talkspirit/index.js")).adapter,
  twake: async () => (await import("./twake/index.js")).adapter,
  webdav: async () => (await import("./webdav/index.js")).adapter,
  whaller: async () => (await import("./whaller/index.js")).adapter,
  wimi: async () => (await import("./wimi/index.js")).adapter,
};

export type AdapterName = keyof typeof LOADERS;

export function adapterNames(): readonly AdapterName[] {
  return Object.keys(LOADERS) as AdapterName[];
}

/** Undefined when there is no adapter of that name. Its options are checked by its own schema before `create` sees them. */
export async function loadAdapter(name: string): Promise<AdapterModule<unknown> | undefined> {
  if (!Object.hasOwn(LOADERS, name)) return undefined;
  return (await LOADERS[name as AdapterName]()) as AdapterModule<unknown>;
}
