import { expect, it } from "@jest/globals";
import { zoneOption } from "../../../src/kit/zone-option.js";

it("a zone is told by its IANA name, and is that of Paris unless told", () => {
  expect([undefined, "Indian/Reunion"].map((name) => zoneOption.parse(name))).toEqual(["Europe/Paris", "Indian/Reunion"]);
  for (const other of ["Paris", "EST", "Romance Standard Time", "+02:00", ""]) expect(zoneOption.safeParse(other).error?.issues[0]?.message).toBe("not a time zone, as Europe/Paris is");
});
