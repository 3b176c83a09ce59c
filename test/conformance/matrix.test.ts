import { describe, it } from "@jest/globals";
import { adapter } from "../../adapters/matrix/index.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { testEnvironment } from "../environment.js";
import { matrixAs } from "../matrix-client.js";
import { titleFor, useServer } from "../servers.js";

const synapse = useServer("synapse");
const ACCOUNT = "zoe@commune.example";
const SECRET = "as-secret";

if (synapse === undefined) describe.skip(titleFor("synapse", synapse), () => it("conforms", () => undefined));
else {
  const url = `http://${synapse.host}:${synapse.port}`;
  for (const workload of ["channels", "chats"] as const) {
    const ask = matrixAs(url, SECRET, workload === "chats" ? "@zoe:commune.example" : undefined);
    conformance({
      title: "matrix on synapse", manifest: adapter.manifest, workload, secrets: [SECRET, "wrong-secret"],
      adapter: (variant) => adapter.create(adapter.options.parse({ url, token: "env:TOKEN", domains: ["commune.example"] }), testEnvironment("matrix", { "env:TOKEN": variant === "good" ? SECRET : "wrong-secret" })),
      account: () => ({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }),
      count: async (_account, into) => (await ask.messages(into.id)).length,
      tamper: async (_account, into, ref) => {
        const event = (await ask.messages(into.id)).find(({ event_id: id }) => id === ref.id);
        const content = { msgtype: "m.text", body: "altered" };
        await matrixAs(url, SECRET, event?.sender).call("PUT", `client/v3/rooms/${encodeURIComponent(into.id)}/send/m.room.message/tamper-${encodeURIComponent(ref.id)}`,
          { ...content, "m.new_content": content, "m.relates_to": { rel_type: "m.replace", event_id: ref.id } });
      },
    }, { describe, it });
  }
}
