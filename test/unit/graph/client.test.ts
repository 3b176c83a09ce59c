import { getEventListeners } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { AppPool } from "../../../src/graph/sign-in/app-pool.js";
import { createDispatcher, createGraphClient, type GraphClient } from "../../../src/graph/client/client.js";
import { createGovernor } from "../../../src/engine/governor.js";

let server: Server;
let client: GraphClient;

beforeEach(async () => {
  server = createServer((request, response) => {
    if (request.url?.includes("/slow") === true) return;
    response.writeHead(request.url?.includes("/missing") === true ? 404 : 200, { "content-type": "application/json" });
    response.end(`{"value":[]}`);
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  client = createGraphClient({
    graphRoot: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, pool: new AppPool([{ id: "app", auth: { token: () => Promise.resolve("t") } }]), governor: createGovernor({ limits: {} }),
    userAgent: "test", dispatcher: createDispatcher(undefined), attempts: 1,
  });
});

afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => { server.close(resolve); });
});

describe("the Graph client", () => {
  it("leaves nothing on the run's signal once a request has ended, well or badly", async () => {
    const run = new AbortController();
    for (let count = 0; count < 30; count += 1) {
      await client.get("/users", { signal: run.signal });
      await expect(client.get("/missing", { signal: run.signal })).rejects.toMatchObject({ code: "GRAPH_NOT_FOUND" });
    }
    expect(getEventListeners(run.signal, "abort")).toHaveLength(0);
  });

  it("ends a request under way when the run is stopped", async () => {
    const run = new AbortController();
    const reading = client.get("/slow", { signal: run.signal });
    setTimeout(() => { run.abort(); }, 20);
    await expect(reading).rejects.toMatchObject({ code: "INTERRUPTED" });
    expect(getEventListeners(run.signal, "abort")).toHaveLength(0);
  });
});
