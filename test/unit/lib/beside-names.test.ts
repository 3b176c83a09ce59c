import { describe, expect, it } from "@jest/globals";
import { besideName, markedName } from "../../../src/lib/beside-names.js";

describe("names beside a taken one", () => {
  it("are marked before the extension, where there is one", () => {
    expect(besideName("rapport.txt")).toBe("rapport (o365).txt");
    expect(markedName("LISEZMOI", "abcd")).toBe("LISEZMOI~abcd");
    expect(markedName("a.b", "0123456789")).toBe("a~01234567.b");
  });

  it.each([255, 240])("stay within %i bytes, apart from one another", (most) => {
    const name = `${"é".repeat(117)}.docx`;
    const names = [name, besideName(name, most), markedName(name, "0123456789", most)];
    expect(Math.max(...names.map((name) => Buffer.byteLength(name)))).toBeLessThanOrEqual(most);
    expect(new Set(names).size).toBe(3);
  });
});
