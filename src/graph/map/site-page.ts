import type { PagePart, PageSection, SitePageRecord } from "../../format/page.js";
import { instant, text } from "./chat-message.js";
import type { GraphIdentitySet } from "./graph-conversation.js";
import type { Maybe } from "./graph-event.js";
import { personWithAddress, plain } from "./list.js";

/** Graph `textWebPart` or `standardWebPart` (api-reference/v1.0/resources/webpart); the service names the types "#microsoft.graph…" or "#oneDrive…" (sitepage-get, example 3). */
export interface GraphWebPart {
  readonly "@odata.type"?: Maybe<string>;
  readonly id?: Maybe<string>;
  readonly innerHtml?: Maybe<string>;
  readonly webPartType?: Maybe<string>;
  readonly containerTextWebPartId?: Maybe<string>;
  readonly data?: Maybe<Readonly<Record<string, unknown>> & { readonly title?: Maybe<string>; readonly description?: Maybe<string> }>;
}

interface GraphColumns {
  readonly emphasis?: Maybe<string>;
  readonly layout?: Maybe<string>;
  readonly columns?: Maybe<readonly { readonly width?: Maybe<number>; readonly webparts?: Maybe<readonly GraphWebPart[]> }[]>;
}

/** Graph `canvasLayout` (api-reference/v1.0/resources/canvaslayout). */
export interface GraphCanvas {
  readonly horizontalSections?: Maybe<readonly GraphColumns[]>;
  readonly verticalSection?: Maybe<{ readonly emphasis?: Maybe<string>; readonly webparts?: Maybe<readonly GraphWebPart[]> }>;
}

/** Graph `sitePage` (api-reference/v1.0/resources/sitepage). */
export interface GraphSitePage {
  readonly id: string;
  readonly eTag?: Maybe<string>;
  readonly name?: Maybe<string>;
  readonly title?: Maybe<string>;
  readonly description?: Maybe<string>;
  readonly promotionKind?: Maybe<string>;
  readonly pageLayout?: Maybe<string>;
  readonly contentType?: Maybe<{ readonly name?: Maybe<string> }>;
  readonly createdDateTime?: Maybe<string>;
  readonly lastModifiedDateTime?: Maybe<string>;
  readonly createdBy?: Maybe<GraphIdentitySet>;
  readonly lastModifiedBy?: Maybe<GraphIdentitySet>;
  readonly webUrl?: Maybe<string>;
  readonly thumbnailWebUrl?: Maybe<string>;
  readonly publishingState?: Maybe<{ readonly level?: Maybe<string>; readonly versionId?: Maybe<string>; readonly checkedOutBy?: Maybe<GraphIdentitySet> }>;
  readonly showComments?: Maybe<boolean>;
  readonly showRecommendedPages?: Maybe<boolean>;
  readonly reactions?: Maybe<{ readonly commentCount?: Maybe<number>; readonly likeCount?: Maybe<number> }>;
  readonly titleArea?: Maybe<Readonly<Record<string, unknown>>>;
  readonly canvasLayout?: Maybe<GraphCanvas>;
}

/** `pagePromotionType` (resources/sitepage, "pagePromotionType values"). */
const KINDS: Readonly<Record<string, string>> = { page: "page", newsPost: "news" };

export function pageTitle({ title, name, id }: GraphSitePage): string {
  return text(title) ?? text(name) ?? id;
}

/**
 * Another one = the page is to be read again; empty where the list tells nothing of the kind. Nothing says that a comment or a like changes the ETag, so that
 * their numbers count too.
 */
export function pageVersion({ eTag, lastModifiedDateTime, publishingState, reactions }: GraphSitePage): string {
  if (!eTag && !lastModifiedDateTime) return "";
  return [eTag, lastModifiedDateTime, publishingState?.level, publishingState?.versionId, reactions?.commentCount ?? 0, reactions?.likeCount ?? 0].map((part) => part ?? "").join(" ");
}

/** `sections`: undefined where the source could not tell them. */
export function sitePageRecord(page: GraphSitePage, sections: readonly PageSection[] | undefined): SitePageRecord {
  const { publishingState: state, reactions, titleArea } = page;
  return {
    v: 1, type: "site-page", name: text(page.name) ?? page.id, title: pageTitle(page), description: text(page.description), kind: KINDS[page.promotionKind ?? "page"] ?? page.promotionKind ?? "page",
    layout: text(page.pageLayout), contentType: text(page.contentType?.name), createdAt: instant(page.createdDateTime), modifiedAt: instant(page.lastModifiedDateTime),
    createdBy: personWithAddress(page.createdBy), modifiedBy: personWithAddress(page.lastModifiedBy), url: text(page.webUrl), thumbnail: text(page.thumbnailWebUrl),
    publishing: state ? { level: text(state.level), version: text(state.versionId), checkedOutBy: personWithAddress(state.checkedOutBy) } : undefined,
    showsComments: page.showComments === true, showsRecommended: page.showRecommendedPages === true, comments: reactions?.commentCount ?? 0, likes: reactions?.likeCount ?? 0,
    titleArea: titleArea ? plain(titleArea) : undefined, sections: sections === undefined ? undefined : [...sections],
  };
}

/** A page without canvas is an empty one: undefined is for what was asked and not answered. */
export function sectionsOf(canvas: Maybe<GraphCanvas>): PageSection[] {
  const across = (canvas?.horizontalSections ?? []).map((section): PageSection => ({
    layout: text(section.layout), emphasis: text(section.emphasis), vertical: false, columns: (section.columns ?? []).map(({ width, webparts }) => ({ width: width ?? undefined, parts: partsOf(webparts) })),
  }));
  const beside = canvas?.verticalSection;
  return beside ? [...across, { emphasis: text(beside.emphasis), vertical: true, columns: [{ parts: partsOf(beside.webparts) }] }] : across;
}

function partsOf(parts: Maybe<readonly GraphWebPart[]>): PagePart[] {
  return (parts ?? []).map((part) => {
    const { id, innerHtml, webPartType, containerTextWebPartId, data } = part;
    const isText = /textWebPart$/i.test(part["@odata.type"] ?? "") || (data === undefined && typeof innerHtml === "string");
    if (isText) return { id: id ?? "", kind: "text", html: innerHtml ?? "" };
    return {
      id: id ?? "", kind: "other", program: text(webPartType), title: text(data?.title), description: text(data?.description), within: text(containerTextWebPartId), data: data ? plain(data) : undefined,
    };
  });
}
