/** A message's address in its mailbox: UIDs mean something only under their UIDVALIDITY (RFC 3501 §2.3.1.1). */
export interface MessageRef {
  readonly uidValidity: bigint;
  readonly uid: number;
}

/** `<uidvalidity>.<uid>` */
export function formatRef({ uidValidity, uid }: MessageRef): string {
  return `${uidValidity}.${uid}`;
}

/** Undefined when the text is no reference of ours. */
export function parseRef(id: string): MessageRef | undefined {
  const match = /^(\d{1,10})\.(\d{1,10})$/.exec(id);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { uidValidity: BigInt(match[1]), uid: Number(match[2]) };
}
