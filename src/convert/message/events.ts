import type { Lang } from "../../core/errors.js";
import { asObject, listOf, nameOf, stringOf } from "./json.js";

/** What happened, and the member of the source's detail that tells more. */
interface Told extends Readonly<Record<Lang, string>> {
  readonly detail?: string;
}

/** Kinds of `eventMessageDetail` (Microsoft Graph v1.0 metadata), without that suffix. */
const EVENTS: Readonly<Record<string, Told>> = {
  callEnded: { en: "Call ended", fr: "Appel terminé" },
  callRecording: { en: "Call recorded", fr: "Appel enregistré", detail: "callRecordingDisplayName" },
  callStarted: { en: "Call started", fr: "Appel commencé" },
  callTranscript: { en: "Call transcribed", fr: "Appel transcrit" },
  channelAdded: { en: "Channel added", fr: "Canal ajouté", detail: "channelDisplayName" },
  channelDeleted: { en: "Channel deleted", fr: "Canal supprimé", detail: "channelDisplayName" },
  channelDescriptionUpdated: { en: "Channel described anew", fr: "Description du canal changée", detail: "channelDescription" },
  channelRenamed: { en: "Channel renamed", fr: "Canal renommé", detail: "channelDisplayName" },
  channelSetAsFavoriteByDefault: { en: "Channel shown to all", fr: "Canal montré à tous" },
  channelUnsetAsFavoriteByDefault: { en: "Channel no longer shown to all", fr: "Canal n'est plus montré à tous" },
  chatRenamed: { en: "Chat renamed", fr: "Conversation renommée", detail: "chatDisplayName" },
  conversationMemberRoleUpdated: { en: "Role changed", fr: "Rôle changé", detail: "conversationMemberUser" },
  meetingPolicyUpdated: { en: "Meeting's rules changed", fr: "Règles de la réunion changées" },
  membersAdded: { en: "Members added", fr: "Membres ajoutés", detail: "members" },
  membersDeleted: { en: "Members removed", fr: "Membres retirés", detail: "members" },
  membersJoined: { en: "Members joined", fr: "Membres arrivés", detail: "members" },
  membersLeft: { en: "Members left", fr: "Membres partis", detail: "members" },
  messagePinned: { en: "Message pinned", fr: "Message épinglé" },
  messageUnpinned: { en: "Message unpinned", fr: "Message désépinglé" },
  tabUpdated: { en: "Tab changed", fr: "Onglet changé" },
  teamArchived: { en: "Team archived", fr: "Équipe archivée" },
  teamCreated: { en: "Team created", fr: "Équipe créée", detail: "teamDisplayName" },
  teamDescriptionUpdated: { en: "Team described anew", fr: "Description de l'équipe changée", detail: "teamDescription" },
  teamJoiningDisabled: { en: "Joining the team closed", fr: "Équipe fermée aux arrivées" },
  teamJoiningEnabled: { en: "Joining the team opened", fr: "Équipe ouverte aux arrivées" },
  teamRenamed: { en: "Team renamed", fr: "Équipe renommée", detail: "teamDisplayName" },
  teamUnarchived: { en: "Team no longer archived", fr: "Équipe désarchivée" },
  teamsAppInstalled: { en: "Application installed", fr: "Application installée", detail: "teamsAppDisplayName" },
  teamsAppRemoved: { en: "Application removed", fr: "Application retirée", detail: "teamsAppDisplayName" },
  teamsAppUpgraded: { en: "Application upgraded", fr: "Application mise à jour", detail: "teamsAppDisplayName" },
};

/** "Members added: Max, Ana (Zoé)": what the service wrote of, and who did it. A kind that is not known is named in the source's words. */
export function eventText(event: unknown, lang: Lang): string {
  const told = asObject(event);
  const kind = stringOf(told["@odata.type"]).replace(/^#?microsoft\.graph\./, "").replace(/EventMessageDetail$/, "");
  const known = Object.hasOwn(EVENTS, kind) ? EVENTS[kind] : undefined;
  const detail = known?.detail === undefined ? "" : namesOf(told[known.detail]);
  const by = nameOf(told["initiator"]);
  return `${known?.[lang] ?? kind.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase()}${detail === "" ? "" : `${lang === "fr" ? " " : ""}: ${detail}`}${by === "" ? "" : ` (${by})`}`;
}

function namesOf(value: unknown): string {
  if (typeof value === "string") return value;
  return (Array.isArray(value) ? listOf(value) : [asObject(value)]).map(({ displayName, id }) => stringOf(displayName) || stringOf(id)).filter((name) => name !== "").join(", ");
}
