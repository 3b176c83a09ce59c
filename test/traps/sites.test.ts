import { afterEach, describe, expect, it } from "@jest/globals";
import { TrapStage } from "./stage.js";

const ACCUEIL = "5fa48f95-2fdf-40e8-a28c-6d0d8345bcd2";
const page = (title: string, id?: string): string => JSON.stringify({ title, id, canvasLayout: { horizontalSections: [{ columns: [{ webparts: [{ innerHtml: `<p>Texte de ${title}</p>` }] }] }] } });
const TENANT = { "sites/eau/site.json": JSON.stringify({ displayName: "Eau" }), "sites/eau/pages/Accueil.json": page("Accueil", ACCUEIL), "sites/eau/pages/Contact.json": page("Contact") };

describe("traps of sites", () => {
  let stage: TrapStage | undefined;
  afterEach(() => stage?.stop());

  it("49. The sections of a page cannot be told at any attempt, the page itself can: it is kept without them, and read again by each round until they are", async () => {
    stage = await TrapStage.start(TENANT, { faults: [{ match: `GET .*/pages/${ACCUEIL}/.*canvasLayout`, times: 3, status: 500, code: "generalException" }] });
    const first = await stage.round("pages", "Eau");
    expect(first.items.map(({ title, losses, body }) => [title, losses.map(({ reason }) => reason), body !== undefined])).toEqual([["Accueil", ["pages.content-untold"], false], ["Contact", [], true]]);
    const second = await stage.round("pages", "Eau");
    expect(second.items.map(({ title, losses }) => [title, losses])).toEqual([["Accueil", []]]);
    expect(second.body("Accueil")).toContain("Texte de Accueil");
  });

  it("50. A page's own path knows no sections until it is cast to its kind", async () => {
    stage = await TrapStage.start(TENANT);
    const site = (await stage.served.all("/sites/getAllSites")).rows.find(({ displayName }) => displayName === "Eau")?.["id"];
    const [row] = (await stage.served.all(`/sites/${String(site)}/pages`)).rows;
    const asked = await stage.served.get(`/sites/${String(site)}/pages/${String(row?.["id"])}?$expand=canvasLayout`);
    expect(asked).toMatchObject({ status: 400, json: { error: { message: "Could not find a property named 'canvasLayout' on type 'oneDrive.baseSitePage'." } } });
    expect((await stage.round("pages", "Eau")).body("Contact")).toContain("Texte de Contact");
  });
});
