import type { ChatMessageRecord } from "../../format/records.js";

/** Names of the first six reactions; all others are told as the sign itself (Graph, chatMessageReaction, "reactionType"). */
const SIGNS: Readonly<Record<string, string>> = { like: "👍", heart: "❤️", laugh: "😆", surprised: "😮", sad: "😢", angry: "😡" };

/** "👍 Zoé, Max · ❤️ Ana": each sign with those who gave it, in the order of the first. */
export function reactionsText(reactions: ChatMessageRecord["reactions"]): string {
  const people = new Map<string, string[]>();
  for (const { reaction, person } of reactions) {
    const sign = reactionSign(reaction);
    const names = people.get(sign) ?? [];
    people.set(sign, names);
    const name = person?.name ?? person?.address;
    if (name !== undefined) names.push(name);
  }
  return [...people].map(([sign, names]) => [sign, names.join(", ")].filter((part) => part !== "").join(" ")).join(" · ");
}

/** The sign of a reaction, from its name at the source. */
export function reactionSign(reaction: string): string {
  return Object.hasOwn(SIGNS, reaction) ? (SIGNS[reaction] ?? reaction) : reaction;
}
