import { describe, expect, it } from "@jest/globals";
import { rootCertificates } from "node:tls";
import { trusting } from "../../../src/drivers/http/trusting.js";

describe("trust in a certificate", () => {
  it("is read once for all connections, and apart for another certificate", () => {
    const [one = "", other = ""] = rootCertificates;
    expect(trusting(one)).toBe(trusting(one));
    expect(trusting(one)).not.toBe(trusting(other));
  });
});
