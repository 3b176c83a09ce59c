import type { LossReason } from "../../core/losses.js";
import type { MessageRuleRecord } from "../../format/settings.js";
import { firstOffered, piece, type Piece, type Saying, type SieveContext } from "./context.js";
import { quoted, sieveNumber, stringList } from "./script-text.js";

type Predicates = MessageRuleRecord["conditions"];
type Named = Required<Pick<Predicates, KnownName>>;
type KnownName = keyof typeof PREDICATES;
/** Undefined: nothing is asked. */
type Say = (value: never, context: SieveContext) => Saying | undefined;

const RECIPIENTS = ["to", "cc"];
const COUNT = ["relational", "comparator-i;ascii-numeric"];

/** How each predicate of Graph's messageRulePredicates is said; those that are not here cannot be. */
const PREDICATES = {
  bodyContains: (texts: readonly string[], { server }: SieveContext) => words(texts, (list) => firstOffered(server, [piece(`body :text :contains ${list}`, "body")])),
  bodyOrSubjectContains: (texts: readonly string[], { server }: SieveContext) =>
    words(texts, (list) => firstOffered(server, [piece(`anyof (header :contains "subject" ${list}, body :text :contains ${list})`, "body")])),
  subjectContains: (texts: readonly string[]) => words(texts, (list) => said(`header :contains "subject" ${list}`)),
  senderContains: (texts: readonly string[]) => words(texts, (list) => said(`header :contains "from" ${list}`)),
  recipientContains: (texts: readonly string[]) => words(texts, (list) => said(`header :contains ${stringList(RECIPIENTS)} ${list}`)),
  headerContains: anyHeader,
  fromAddresses: (people: readonly Address[]) => anyAddress('"from"', people),
  sentToAddresses: (people: readonly Address[]) => anyAddress(stringList(RECIPIENTS), people),
  sentToMe: (value: boolean, context: SieveContext) => toMe(value, context, '"to"'),
  sentCcMe: (value: boolean, context: SieveContext) => toMe(value, context, '"cc"'),
  sentToOrCcMe: (value: boolean, context: SieveContext) => toMe(value, context, stringList(RECIPIENTS)),
  notSentToMe: (value: boolean, context: SieveContext) => negated(toMe(true, context, '"to"'), value ? [] : ["settings.rule-false"], value),
  sentOnlyToMe: onlyToMe,
  // The names of its categories that a message has on arrival are those that earlier rules gave it (RFC 5232 section 4).
  categories: (names: readonly string[], { server, mailbox }: SieveContext) =>
    (names.length === 0 ? undefined : firstOffered(server, [piece(`hasflag ${stringList(names.map(mailbox.keyword))}`, "imap4flags")], "settings.rule-test")),
  importance: (word: string) => marked(word, "normal", IMPORTANCE),
  sensitivity: (word: string) => marked(word, "normal", SENSITIVITY),
  messageActionFlag: (word: string) => {
    if (word === "any") return said('exists "x-message-flag"', "settings.rule-test");
    return Object.hasOwn(FOLLOW_UP, word) ? said(`header :is "x-message-flag" ${quoted(FOLLOW_UP[word] ?? "")}`, "settings.rule-test") : unsayable;
  },
  withinSizeRange: ({ minimumSize, maximumSize }: NonNullable<Predicates["withinSizeRange"]>) => {
    const bounds = [...(minimumSize ? [`not size :under ${sieveNumber(minimumSize * 1024)}`] : []), ...(maximumSize ? [`not size :over ${sieveNumber(maximumSize * 1024)}`] : [])];
    return bounds.length === 0 ? undefined : said(bounds.length === 1 ? bounds.join("") : `allof (${bounds.join(", ")})`);
  },
  // RFC 5703 section 4.1; without it a message of several parts is taken for one with attachments.
  hasAttachments: kind(piece('header :mime :anychild :type :is "content-disposition" "attachment"', "mime"), piece('header :contains "content-type" "multipart/mixed"')),
  isMeetingRequest: kind(piece('header :mime :anychild :param "method" :is "content-type" "REQUEST"', "mime")),
  isMeetingResponse: kind(piece('header :mime :anychild :param "method" :is "content-type" ["REPLY", "COUNTER"]', "mime")),
  // RFC 3834 section 5.
  isAutomaticReply: kind(piece('header :contains "auto-submitted" "auto-replied"')),
  // RFC 6522 section 3 and RFC 8098 section 3.
  isNonDeliveryReport: kind(piece('header :contains "content-type" ["report-type=delivery-status", "report-type=\\"delivery-status\\""]')),
  isReadReceipt: kind(piece('header :contains "content-type" ["report-type=disposition-notification", "report-type=\\"disposition-notification\\""]')),
  // RFC 8551 section 3.2.1 and RFC 1847.
  isEncrypted: kind(piece('header :contains "content-type" ["multipart/encrypted", "smime-type=enveloped-data", "smime-type=authEnveloped-data"]')),
  isSigned: kind(piece('header :contains "content-type" ["multipart/signed", "smime-type=signed-data"]')),
  // The Content-Class header of MS-OXORMMS, and that of MS-OXCMAIL ("voice", "voice-ca", "voice-uc") beside RFC 3801 section 4.
  isPermissionControlled: kind(piece('header :is "content-class" "rpmsg.message"')),
  isVoicemail: kind(piece('anyof (header :contains "content-class" "voice", header :contains "content-type" "multipart/voice-message")')),
} satisfies Partial<Record<keyof Predicates, Say>>;

type Address = NonNullable<Predicates["fromAddresses"]>[number];

/** MS-OXCMAIL writes both headers; other programs one of them. */
const IMPORTANCE: Readonly<Record<string, string>> = {
  high: 'anyof (header :is "importance" "high", header :matches "x-priority" ["1*", "2*"])', low: 'anyof (header :is "importance" "low", header :matches "x-priority" ["4*", "5*"])',
};
/** RFC 4021 section 2.1.55. */
const SENSITIVITY: Readonly<Record<string, string>> = {
  personal: 'header :is "sensitivity" "personal"', private: 'header :is "sensitivity" "private"', confidential: 'header :is "sensitivity" "company-confidential"',
};
/** Outlook's English words; one in another language writes its own. */
const FOLLOW_UP: Readonly<Record<string, string>> = {
  call: "Call", doNotForward: "Do not Forward", followUp: "Follow up", fyi: "For Your Information", forward: "Forward", noResponseNecessary: "No Response Necessary", read: "Read",
  reply: "Reply", replyToAll: "Reply to All", review: "Review",
};

const unsayable: Saying = { reasons: ["settings.rule-untestable"] };

/** One predicate as a Sieve test; undefined when it asks for nothing. */
export function ruleTest(name: string, value: unknown, context: SieveContext): Saying | undefined {
  if (!Object.hasOwn(PREDICATES, name)) return unsayable;
  const say = PREDICATES[name as KnownName] as (value: Named[KnownName], context: SieveContext) => Saying | undefined;
  return say(value as Named[KnownName], context);
}

function said(text: string, ...reasons: readonly LossReason[]): Saying {
  return { piece: piece(text), reasons };
}

/**
 * Words to look for. Comparison is `i;ascii-casemap` (RFC 5228 section 2.7.3), which tells É from é: words with such letters are sought as written, in small letters
 * and in capitals.
 */
function words(texts: readonly string[], say: (list: string) => Saying): Saying | undefined {
  const sought = texts.filter((text) => text !== "");
  if (sought.length === 0) return undefined;
  const accented = sought.filter((text) => /[^\u0000-\u007f]/.test(text) && text.toLowerCase() !== text.toUpperCase());
  const { piece: test, reasons } = say(stringList([...new Set([...sought, ...accented.flatMap((text) => [text.toLowerCase(), text.toUpperCase()])])]));
  return { ...(test === undefined ? {} : { piece: test }), reasons: accented.length === 0 ? reasons : [...reasons, "settings.rule-case"] };
}

/** Sieve looks into headers by name only: a text of the form "Name: value" tells one, any other text does not. */
function anyHeader(texts: readonly string[]): Saying | undefined {
  const sought = texts.filter((text) => text !== "");
  const named = sought.map((text) => /^([A-Za-z][A-Za-z0-9-]*):\s*(.*)$/s.exec(text));
  const tests = named.flatMap((match) => (match === null ? [] : [match[2] === "" ? `exists ${quoted(match[1] ?? "")}` : `header :contains ${quoted(match[1] ?? "")} ${quoted(match[2] ?? "")}`]));
  if (tests.length < sought.length) return unsayable;
  return tests.length === 0 ? undefined : said(`anyof (${tests.join(", ")})`, "settings.rule-test");
}

/** Somebody without a mail address cannot be recognised in a header. */
function anyAddress(headers: string, people: readonly Address[]): Saying | undefined {
  const known = people.flatMap(({ address }) => (address === undefined || address === "" ? [] : [address]));
  if (people.length === 0) return undefined;
  if (known.length === 0) return unsayable;
  return said(`address :all :is ${headers} ${stringList(known)}`, ...(known.length < people.length ? ["settings.rule-address" as const] : []));
}

function toMe(value: boolean, { mailbox: { addresses } }: SieveContext, headers: string): Saying {
  if (addresses.length === 0) return unsayable;
  const test = said(`address :all :is ${headers} ${stringList(addresses)}`);
  return value ? test : negated(test, ["settings.rule-false"], true);
}

function onlyToMe(value: boolean, context: SieveContext): Saying {
  const me = toMe(true, context, '"to"').piece;
  if (me === undefined) return unsayable;
  const test = firstOffered(context.server, [piece(`allof (${me.text}, address :all :count "eq" :comparator "i;ascii-numeric" ${stringList(RECIPIENTS)} "1")`, ...COUNT)]);
  return value ? test : negated(test, ["settings.rule-false"], true);
}

/** The contrary of a test when `turn` says so. */
function negated({ piece: test, reasons }: Saying, more: readonly LossReason[], turn: boolean): Saying {
  if (test === undefined) return { reasons };
  return { piece: turn ? piece(`not ${test.text}`, ...test.needs) : test, reasons: [...reasons, ...more] };
}

function kind(...forms: readonly Piece[]): (value: boolean, context: SieveContext) => Saying {
  return (value, { server }) => negated(firstOffered(server, forms, "settings.rule-test"), value ? [] : ["settings.rule-false"], !value);
}

/** One of several words in a header, or none of them for the word that is not written. */
function marked(word: string, unmarked: string, tests: Readonly<Record<string, string>>): Saying {
  if (Object.hasOwn(tests, word)) return said(tests[word] ?? "", "settings.rule-test");
  return word === unmarked ? said(`not anyof (${Object.values(tests).join(", ")})`, "settings.rule-test") : unsayable;
}
