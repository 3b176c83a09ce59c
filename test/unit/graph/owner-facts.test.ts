import { describe, expect, it } from "@jest/globals";
import { attributesOf, propertiesOf } from "../../../src/graph/owner-facts.js";

describe("properties that routes ask about", () => {
  it("are selected by Graph's names, extensions once", () => {
    expect(propertiesOf(["department", "company", "office", "extensionAttribute1", "extensionAttribute15"])).toEqual(["department", "companyName", "officeLocation", "onPremisesExtensionAttributes"]);
  });

  it("tell what is empty from what was not told", () => {
    expect(attributesOf({ department: "DSI", companyName: null, onPremisesExtensionAttributes: { extensionAttribute1: "A", extensionAttribute2: null } }, ["department", "company", "office", "extensionAttribute1", "extensionAttribute2"]))
      .toEqual({ department: "DSI", company: "", extensionAttribute1: "A", extensionAttribute2: "" });
    expect(attributesOf({ onPremisesExtensionAttributes: null }, ["extensionAttribute3"])).toEqual({ extensionAttribute3: "" });
    expect(attributesOf({}, ["extensionAttribute3"])).toEqual({});
  });
});
