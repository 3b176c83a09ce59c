/** Types of SharePoint pages, which the cut of the metadata leaves out (microsoftgraph/msgraph-metadata@f54f11b60956, schemas/v1.0-Prod.csdl; MIT, see NOTICE). */
const text = { type: "Edm.String" };
const truth = { type: "Edm.Boolean" };
const number = { type: "Edm.Int32" };
const one = (type: string): { readonly type: string } => ({ type: `microsoft.graph.${type}` });
const many = (type: string): { readonly type: string; readonly collection: true } => ({ type: `microsoft.graph.${type}`, collection: true });
const entity = { kind: "entity" as const, base: "microsoft.graph.entity" };
const complex = { kind: "complex" as const };
const members = (...names: readonly string[]): { readonly members: Readonly<Record<string, number>> } => ({ members: Object.fromEntries([...names, "unknownFutureValue"].map((name, value) => [name, value])) });

export const PAGE_TYPES = {
  "microsoft.graph.baseSitePage": { kind: "entity" as const, base: "microsoft.graph.baseItem", props: { pageLayout: one("pageLayoutType"), publishingState: one("publicationFacet"), title: text } },
  "microsoft.graph.sitePage": {
    kind: "entity" as const, base: "microsoft.graph.baseSitePage", open: true,
    // `contentType` is named by the documentation alone (resources/sitepage, "Properties").
    props: { promotionKind: one("pagePromotionType"), reactions: one("reactionsFacet"), showComments: truth, showRecommendedPages: truth, thumbnailWebUrl: text, titleArea: one("titleArea"), contentType: one("contentTypeInfo") },
    nav: { canvasLayout: one("canvasLayout"), webParts: many("webPart") },
  },
  "microsoft.graph.canvasLayout": { ...entity, nav: { horizontalSections: many("horizontalSection"), verticalSection: one("verticalSection") } },
  "microsoft.graph.horizontalSection": { ...entity, props: { emphasis: one("sectionEmphasisType"), layout: one("horizontalSectionLayoutType") }, nav: { columns: many("horizontalSectionColumn") } },
  "microsoft.graph.horizontalSectionColumn": { ...entity, props: { width: number }, nav: { webparts: many("webPart") } },
  "microsoft.graph.verticalSection": { ...entity, props: { emphasis: one("sectionEmphasisType") }, nav: { webparts: many("webPart") } },
  "microsoft.graph.webPart": { ...entity, abstract: true },
  "microsoft.graph.textWebPart": { kind: "entity" as const, base: "microsoft.graph.webPart", props: { innerHtml: text } },
  "microsoft.graph.standardWebPart": { kind: "entity" as const, base: "microsoft.graph.webPart", props: { containerTextWebPartId: text, webPartType: text, data: one("webPartData") } },
  // `properties` is `graph.Json`: whatever the web part makes of it.
  "microsoft.graph.webPartData": { ...complex, props: { dataVersion: text, description: text, title: text, properties: one("Json"), serverProcessedContent: one("serverProcessedContent") } },
  "microsoft.graph.Json": { ...complex, open: true },
  "microsoft.graph.serverProcessedContent": { ...complex, props: Object.fromEntries(["htmlStrings", "imageSources", "links", "searchablePlainTexts"].map((name) => [name, many("metaDataKeyStringPair")])) },
  "microsoft.graph.metaDataKeyStringPair": { ...complex, props: { key: text, value: text } },
  "microsoft.graph.reactionsFacet": { ...complex, props: { commentCount: number, likeCount: number, shareCount: number } },
  "microsoft.graph.titleArea": {
    ...complex, open: true,
    props: {
      alternativeText: text, enableGradientEffect: truth, imageWebUrl: text, layout: one("titleAreaLayoutType"), serverProcessedContent: one("serverProcessedContent"), showAuthor: truth, showPublishedDate: truth,
      showTextBlockAboveTitle: truth, textAboveTitle: text, textAlignment: one("titleAreaTextAlignmentType"),
    },
  },
};

export const PAGE_ENUMS = {
  "microsoft.graph.pageLayoutType": members("microsoftReserved", "article", "home"),
  "microsoft.graph.pagePromotionType": members("microsoftReserved", "page", "newsPost"),
  "microsoft.graph.horizontalSectionLayoutType": members("none", "oneColumn", "twoColumns", "threeColumns", "oneThirdLeftColumn", "oneThirdRightColumn", "fullWidth"),
  "microsoft.graph.sectionEmphasisType": members("none", "neutral", "soft", "strong"),
  "microsoft.graph.titleAreaLayoutType": members("imageAndTitle", "plain", "colorBlock", "overlap"),
  "microsoft.graph.titleAreaTextAlignmentType": members("left", "center"),
};
