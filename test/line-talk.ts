import net from "node:net";

/** A talk by lines with a server, outside the drivers under test. */
export interface LineTalk {
  send(text: string): void;
  /** What the server says until it matches `end`. @throws Error when the connection fails or ends before. */
  answer(end: RegExp): Promise<string>;
  close(): void;
}

export function lineTalk(place: { readonly host: string; readonly port: number }): LineTalk {
  const socket = net.connect({ host: place.host, port: place.port });
  let text = "";
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    wake();
  };
  socket.on("data", (bytes: Buffer) => {
    text += bytes.toString("utf8");
    wake();
  });
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("closed by the server")));
  return {
    send: (line) => void socket.write(line),
    answer: async (end) => {
      while (!end.test(text)) {
        if (failure !== undefined) throw new Error(`${place.host}:${place.port}: ${failure.message}, after: ${text}`);
        await new Promise<void>((resolve) => { wake = resolve; });
      }
      const said = text;
      text = "";
      return said;
    },
    close: () => void socket.destroy(),
  };
}
