import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { EMPTY_SCRIPT, readMarked, writeMarked, type Section } from "../../../src/convert/sieve/marked-script.js";
import { saidRule } from "../../../src/convert/sieve/rules.js";
import { anyRule, context } from "./sieve-samples.js";

const section = (id: string, order: number | null, text = `# ${id}`): Section => ({ id, container: "rules", order, redirects: 0, needs: ["fileinto"], text });
const unedited = (sections: readonly Section[]) => sections.map((one) => ({ ...one, sha256: expect.any(String), edited: false }));

describe("a script of several items' sections", () => {
  it("has them in order, the one without order first, after one require for all", () => {
    const script = writeMarked({ ...EMPTY_SCRIPT, sections: [section("b", 2), { ...section("c", 1), needs: ["copy"] }, section("a", null)] });
    expect([...script.matchAll(/^(require .*|# [abc])\r$/gm)].map(([, line]) => line)).toEqual(['require ["copy", "fileinto"];', "# a", "# c", "# b"]);
  });

  it("is read back as it was written, whatever the rules hold, and written again to the byte", () => {
    fc.assert(fc.property(fc.array(anyRule, { maxLength: 4 }), fc.boolean(), (rules, activated) => {
      const sections = rules.map((rule, at): Section => {
        const { text, needs, redirects } = saidRule(rule, context(), 4);
        return { id: `k${at}`, container: `c"\n${at}`, order: at, redirects, needs, text };
      });
      const script = writeMarked({ ...EMPTY_SCRIPT, activated, sections });
      expect(readMarked(script)).toEqual({ activated, sections: unedited(sections), before: [], after: [], needs: [] });
      expect(writeMarked(readMarked(script) ?? EMPTY_SCRIPT)).toBe(script);
    }), { numRuns: 1_000 });
  });

  it("keeps what somebody wrote around the sections, and tells a section that they changed", () => {
    const script = writeMarked({ ...EMPTY_SCRIPT, sections: [section("a", 1), section("b", 2)] });
    const edited = `${script.replace("# a\r\n", "# a bis\r\n").replace("# o365-exodus: item", 'require "copy";\r\n\r\n# o365-exodus: item')}keep;\r\n`;
    const read = readMarked(edited);
    expect(read).toMatchObject({ before: ['require "copy";'], after: ["keep;"], sections: [{ id: "a", edited: true, text: "# a bis" }, { id: "b", edited: false }] });
    expect(readMarked(writeMarked(read ?? EMPTY_SCRIPT))).toMatchObject({ before: ['require "copy";'], after: ["keep;"], sections: [{ id: "a", edited: true, text: "# a bis" }, { id: "b", edited: false }] });
  });

  it("keeps what somebody added to the head's require for their own words, also when a section that needed it goes", () => {
    const script = writeMarked({ ...EMPTY_SCRIPT, sections: [section("a", 1), { ...section("b", 2), needs: ["copy"] }] });
    const edited = `${script.replace('"fileinto"]', '"fileinto",\r\n  "variables"]')}set "a" "b";\r\n`;
    const read = readMarked(edited) ?? EMPTY_SCRIPT;
    expect(writeMarked({ ...read, sections: read.sections.slice(1) })).toContain('\r\nrequire ["copy", "fileinto", "variables"];\r\n');
    expect(writeMarked({ ...(readMarked(script) ?? EMPTY_SCRIPT), sections: [section("a", 1)] })).toContain('\r\nrequire "fileinto";\r\n');
  });

  it("is ours by its head alone: others, and those with broken marks, are not", () => {
    for (const script of ["", "keep;\r\n", "# o365-exodus: head nothing\r\nkeep;\r\n", '# o365-exodus: head {"v":1,"activated":true}\r\nkeep;\r\n']) expect(readMarked(script)).toBeUndefined();
  });
});
