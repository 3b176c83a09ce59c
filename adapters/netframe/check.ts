import type { Lang } from "../../src/core/errors.js";
import type { CheckResult } from "../../src/core/source.js";
import { channels, MAY_POST, mayEdit, type Profile } from "../../src/drivers/netframe/channels.js";
import type { NetframeClient } from "../../src/drivers/netframe/client.js";

/** Of a target that drives the pages' own forms. */
export const BRITTLE: Readonly<Record<Lang, string>> = {
  en: "by the forms of the product's own pages, which any release may change (brittle: true); read from its source of March 2024, and not tried on a real instance: begin with one team that can be lost, and look at it",
  fr: "par les formulaires des pages du produit, que chaque version peut changer (brittle: true) ; lu dans son code de mars 2024, et non essayé sur une vraie instance : commencez par une équipe qui peut se perdre, et regardez-la",
};
const WORDS = {
  en: { channels: "channels", loud: "NOTIFY IS ON: MEMBERS OF A CHANNEL GET EVERY MESSAGE ON THEIR PHONES", quiet: "a channel with members other than this person is refused, since each would get every message on the phone: bring members in last", files: "files: each member of the group reads them as soon as they stand there, and nobody is told" },
  fr: { channels: "canaux", loud: "NOTIFY EST ACTIF : LES MEMBRES D'UN CANAL REÇOIVENT CHAQUE MESSAGE SUR LEUR TÉLÉPHONE", quiet: "un canal qui a d'autres membres que cette personne est refusé, car chacun recevrait chaque message sur son téléphone : faites entrer les membres à la fin", files: "fichiers : chaque membre du groupe les lit dès qu'ils y sont, et personne n'est prévenu" },
} as const satisfies Record<Lang, Record<string, string>>;

export interface Checked {
  readonly mail: string;
  readonly profiles: readonly Profile[];
  readonly given: readonly number[];
  readonly notify: boolean;
  readonly lang: Lang;
}

/** Signs in and reads; writes nothing. @throws ExodusError for a group or a channel in which the person may not do what is asked of them. */
export async function look(client: NetframeClient, { mail, profiles, given, notify, lang }: Checked, signal: AbortSignal): Promise<Pick<CheckResult, "code" | "message">> {
  const all = await channels(client, signal);
  for (const profile of profiles) {
    if (!(await mayEdit(client, profile, signal))) throw client.error("TARGET_CONTAINER_REFUSED", `profiles: ${profile.type}/${profile.id}: not there, or the person's role in it is below moderator (3)`);
  }
  for (const id of given) {
    if (!all.some((one) => one.id === id && one.pivot.roles_id <= MAY_POST)) throw client.error("TARGET_CONTAINER_MISSING", `channels: ${id}: no active channel in which the person may write`);
  }
  const words = WORDS[lang];
  return { code: "NETFRAME_SIGN_IN", message: `${mail}, ${all.length} ${words.channels}, ${BRITTLE[lang]}; ${notify ? words.loud : words.quiet}; ${words.files}` };
}
