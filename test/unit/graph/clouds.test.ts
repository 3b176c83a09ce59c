import { describe, expect, it } from "@jest/globals";
import { SourceConfig } from "../../../src/config/schema.js";
import { CLOUDS, type CloudName } from "../../../src/graph/clouds/clouds.js";
import { notOffered, offers } from "../../../src/graph/clouds/features.js";
import { WORKLOADS } from "../../../src/core/item.js";
import { CLOUD_NAMES, Edition } from "../../../src/sandbox/clouds/edition.js";

const kinds = new Set(["user", "group", "site"] as const);
const missing = (cloud: CloudName): string[] => notOffered(CLOUDS[cloud], () => kinds, new Set(WORKLOADS)).map(({ workload, what }) => `${workload}: ${what.en}`);

describe("clouds", () => {
  const asked = new Set(Object.values(CLOUDS).flatMap(({ lacks }) => [...lacks]));

  it.each(CLOUD_NAMES)("%s lacks what its metadata lacks, both ways, of all that the reader knows some cloud to lack", (name) => {
    const edition = new Edition(name);
    const lacking = [...asked].filter((entry) => {
      const [type = "", member = ""] = entry.split(".");
      return edition.lacks(type, member);
    });
    // Of a type that is not there at all, the members need no telling.
    const whole = [...CLOUDS[name].lacks].filter((entry) => !edition.lacksType(entry.split(".")[0] ?? ""));
    expect(whole.sort()).toEqual(lacking.sort());
  });

  it("are the same in the configuration, in the reader and in the sandbox", () => {
    expect(Object.keys(CLOUDS)).toEqual([...CLOUD_NAMES]);
    for (const cloud of CLOUD_NAMES) expect(SourceConfig.parse({ cloud, tenantId: "t", clientId: "c", clientSecret: "env:S" }).cloud).toBe(cloud);
  });

  it("say what they do not offer", () => {
    expect(missing("global")).toEqual([]);
    expect(missing("bleu")).toEqual(["tasks: To Do", "notes: OneNote"]);
    expect(missing("gcc-high")).toEqual(["notes: OneNote"]);
    expect(missing("china")).toEqual(["settings: inbox rules", "settings: categories", "tasks: To Do", "tasks: Planner", "notes: OneNote"]);
    expect(missing("delos")).toEqual(["channels: Teams channels", "chats: Teams chats", "tasks: To Do", "notes: OneNote"]);
    expect(notOffered(CLOUDS.bleu, () => new Set(["group"]), new Set(["tasks", "mail"]))).toEqual([]);
    expect(notOffered(CLOUDS.bleu, () => kinds, new Set(["notes"]))[0]?.source).toContain("v1.0-Bleu.csdl");
  });

  it("leave a workload out only where nothing of it is there", () => {
    expect([offers(CLOUDS.bleu, "tasks", "user"), offers(CLOUDS.bleu, "tasks", "group"), offers(CLOUDS.bleu, "notes", "site"), offers(CLOUDS.bleu, "mail", "user")]).toEqual([false, true, false, true]);
    expect([offers(CLOUDS.china, "settings", "user"), offers(CLOUDS.delos, "channels", "group"), offers(CLOUDS.govsg, "files", "site")]).toEqual([true, false, false]);
    expect(offers(CLOUDS.govsg, "directory", "user")).toBe(true);
  });
});
