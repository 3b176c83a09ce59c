import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { pemOfPfx } from "../../../src/graph/sign-in/pkcs12.js";

const PASSPHRASE = "cle a molette";
let dir: string;

/** OpenSSL as the independent writer. */
const openssl = (...args: string[]): void => { execFileSync("openssl", args, { cwd: dir, stdio: "ignore" }); };
const make = (name: string): void => openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", `${name}.key`, "-out", `${name}.crt`, "-days", "2", "-subj", `/CN=${name}`);
const read = (name: string): Buffer => readFileSync(path.join(dir, name));

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), "exodus-pfx-"));
  make("app");
  make("other");
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe("PFX", () => {
  it.each([
    ["the present default (AES)", []],
    ["the form of older Windows (3DES)", ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"]],
    ["a chain beside the certificate", ["-certfile", "other.crt"]],
  ])("gives certificate and key: %s", (_form, args) => {
    openssl("pkcs12", "-export", "-inkey", "app.key", "-in", "app.crt", "-out", "app.pfx", "-passout", `pass:${PASSPHRASE}`, ...args);
    const { certificatePem, privateKeyPem } = pemOfPfx(read("app.pfx"), PASSPHRASE);
    expect(new X509Certificate(certificatePem).raw.equals(new X509Certificate(read("app.crt")).raw)).toBe(true);
    expect(createPublicKey(createPrivateKey(privateKeyPem)).export({ format: "pem", type: "spki" })).toBe(createPublicKey(createPrivateKey(read("app.key"))).export({ format: "pem", type: "spki" }));
  });

  it("says what is wrong", () => {
    openssl("pkcs12", "-export", "-inkey", "app.key", "-in", "app.crt", "-out", "app.pfx", "-passout", `pass:${PASSPHRASE}`);
    expect(() => pemOfPfx(read("app.pfx"), "autre")).toThrow("passphrase");
    expect(() => pemOfPfx(read("app.pfx"), "clé")).toThrow("accents");
    expect(() => pemOfPfx(read("app.crt"), PASSPHRASE)).toThrow("no PFX file");
    openssl("pkcs12", "-export", "-nokeys", "-in", "app.crt", "-out", "bare.pfx", "-passout", `pass:${PASSPHRASE}`);
    expect(() => pemOfPfx(read("bare.pfx"), PASSPHRASE)).toThrow("no RSA private key");
  });
});
