import { describe, expect, it } from "@jest/globals";
import { SideBySide } from "../../../src/lib/side-by-side.js";

/** A task that ends when told. */
function held() {
  let end!: () => void;
  let fail!: (reason: Error) => void;
  const promise = new Promise<void>((resolve, reject) => { [end, fail] = [resolve, reject]; });
  return { run: () => promise, end, fail };
}
const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

describe("tasks side by side", () => {
  it("are never more than the width, and start in their order", async () => {
    const [lanes, started] = [new SideBySide(2), [] as string[]];
    const [a, b] = [held(), held()];
    await lanes.start(() => (started.push("a"), a.run()));
    const second = lanes.start(() => (started.push("b"), b.run())).then(() => started.push("room"));
    await turn();
    expect(started).toEqual(["a", "b"]);
    b.end();
    await second;
    expect(started).toEqual(["a", "b", "room"]);
    a.end();
    await lanes.end();
  });

  it("tell the first failure when all have ended", async () => {
    const lanes = new SideBySide(3);
    const [a, b] = [held(), held()];
    await lanes.start(a.run);
    await lanes.start(b.run);
    b.fail(new Error("b"));
    await turn();
    expect(lanes.failed).toBe(true);
    let ended = false;
    const end = lanes.end().finally(() => { ended = true; });
    end.catch(() => undefined);
    await turn();
    expect(ended).toBe(false);
    a.fail(new Error("a"));
    await expect(end).rejects.toThrow("b");
  });
});
