import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { ByChannel, byChannel } from "../../../src/kit/by-channel.js";

describe("what is named for channels", () => {
  it("is found whatever the case and the form of accents, or by what the team's others have", () => {
    const named = new ByChannel({ Eau: { "Général": 1, "*": 2 }, voirie: { Marchés: 3 } });
    const asked: [string, string][] = [["EAU", "général".normalize("NFD")], ["eau", "autre"], ["voirie", "marchés"], ["voirie", "autre"]];
    expect(asked.map(([team, channel]) => named.of(team, channel))).toEqual([1, 2, 3, undefined]);
  });

  it.each([
    ["a team", { Eau: { A: 1 }, eau: { B: 2 } }, [], '"Eau" and "eau" are one and the same'],
    ["a channel", { eau: { A: 1, a: 2 } }, ["eau"], '"A" and "a" are one and the same'],
  ])("is refused by name where two spellings are %s", (_title, named, path, message) => {
    expect(byChannel(z.number()).safeParse(named).error?.issues).toEqual([expect.objectContaining({ path, message: expect.stringContaining(message) })]);
  });
});
