// The certificate library asks for this polyfill before it is loaded.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as x509 from "@peculiar/x509";

const YEAR_MS = 365 * 86_400_000;
const TLS = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
/** MSAL signs client assertions with RSA (PS256), so the application's key is RSA. */
const APPLICATION = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 } as const;

/** Certificates made for one run of the sandbox; the files live in a private temporary folder. */
export interface Pki {
  readonly dir: string;
  readonly caFile: string;
  readonly serverKeyPem: string;
  readonly serverCertificatePem: string;
  /** Certificate and key that the registered application may sign in with. */
  readonly applicationCertificateFile: string;
  readonly applicationKeyFile: string;
  readonly applicationCertificatePem: string;
}

export async function makePki(): Promise<Pki> {
  x509.cryptoProvider.set(globalThis.crypto);
  const dir = await mkdtemp(path.join(tmpdir(), "o365-exodus-sandbox-"));
  const dates = { notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + YEAR_MS) };
  const caKeys = await webcrypto.subtle.generateKey(TLS, true, ["sign", "verify"]);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=o365-exodus sandbox CA", keys: caKeys, signingAlgorithm: TLS, ...dates,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)],
  });
  const serverKeys = await webcrypto.subtle.generateKey(TLS, true, ["sign", "verify"]);
  const server = await x509.X509CertificateGenerator.create({
    subject: "CN=localhost", issuer: ca.subject, publicKey: serverKeys.publicKey, signingKey: caKeys.privateKey, signingAlgorithm: TLS, ...dates,
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "localhost" }, { type: "ip", value: "127.0.0.1" }]),
      new x509.ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.1"]),
    ],
  });
  const applicationKeys = await webcrypto.subtle.generateKey(APPLICATION, true, ["sign", "verify"]);
  const application = await x509.X509CertificateGenerator.createSelfSigned({ name: "CN=o365-exodus application", keys: applicationKeys, signingAlgorithm: APPLICATION, ...dates });
  const files = { ca: path.join(dir, "ca.pem"), certificate: path.join(dir, "application.crt"), key: path.join(dir, "application.key") };
  await writeFile(files.ca, ca.toString("pem"));
  await writeFile(files.certificate, application.toString("pem"));
  await writeFile(files.key, await privateKeyPem(applicationKeys.privateKey), { mode: 0o600 });
  return {
    dir, caFile: files.ca, serverKeyPem: await privateKeyPem(serverKeys.privateKey), serverCertificatePem: server.toString("pem"),
    applicationCertificateFile: files.certificate, applicationKeyFile: files.key, applicationCertificatePem: application.toString("pem"),
  };
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key)).toString("base64");
  return `-----BEGIN PRIVATE KEY-----\n${der.replace(/(.{64})/g, "$1\n").trimEnd()}\n-----END PRIVATE KEY-----\n`;
}
