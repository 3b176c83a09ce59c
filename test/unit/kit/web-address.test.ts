import { describe, expect, it } from "@jest/globals";
import { options as caldav } from "../../../adapters/caldav/index.js";
import { options as cozy } from "../../../adapters/cozy/index.js";
import { options as fichiers } from "../../../adapters/fichiers/index.js";
import { options as jmap } from "../../../adapters/jmap/index.js";
import { options as matrix } from "../../../adapters/matrix/index.js";
import { folderUrl, webAddress } from "../../../src/kit/web-address.js";

describe("an address to which secrets go", () => {
  it.each(["https://mairie.example", "https://{account}.mairie.example/dav/", "http://127.0.0.1:8080/{account}/", "http://127.8.0.1", "http://[::1]:6060", "http://localhost:8080", "http://{local}.localhost:8080"])("may be %s", (address) => {
    expect(webAddress.safeParse(address).success).toBe(true);
  });

  it.each([
    "http://mairie.example", "http://10.0.0.5:8080", "http://{account}", "http://127.0.0.1.mairie.example", "http://localhost.mairie.example", "http://localhost@mairie.example/", "http://mairielocalhost", "http://mairie.example/#.localhost",
    "http://", "ftp://localhost", "localhost", " https://mairie.example",
  ])("may not be %s", (address) => {
    expect(webAddress.safeParse(address).success).toBe(false);
  });

  it("is one below which others stand, with its last stroke or without", () => {
    expect(["https://a.example", "https://a.example/b", "https://a.example/b/"].map((address) => new URL("c", folderUrl(address)).href)).toEqual(["https://a.example/c", "https://a.example/b/c", "https://a.example/b/c"]);
  });

  it.each(["https", "http"])("is what every target asks for: %s", (scheme) => {
    const url = `${scheme}://mairie.example`;
    const signIn = { tokenUrl: "https://auth.example/token", clientId: "a", clientSecret: "env:S" };
    const parsed = [
      caldav.safeParse({ url, password: "env:P" }), cozy.safeParse({ url, token: "env:T" }), cozy.safeParse({ url: "https://a.example", admin: url, passphrase: "env:P" }), fichiers.safeParse({ url, signIn }),
      fichiers.safeParse({ url: "https://fichiers.example", signIn: { ...signIn, tokenUrl: url } }), jmap.safeParse({ url, password: "env:P" }), matrix.safeParse({ url, token: "env:T", domains: ["mairie.example"] }),
    ];
    expect(parsed.map(({ success }) => success)).toEqual(parsed.map(() => scheme === "https"));
  });
});
