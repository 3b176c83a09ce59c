import forge from "node-forge";

export interface PemPair {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/**
 * The private key of a PFX file and the certificate that belongs to it (PKCS #12, RFC 7292), which may hold a chain besides. Node opens such a file for TLS
 * but gives nothing out of it. RSA only, as Entra signs in with.
 * @throws Error in words: a wrong passphrase, no such file, no RSA key, no certificate for it.
 */
export function pemOfPfx(pfx: Uint8Array, passphrase: string): PemPair {
  const store = opened(pfx, passphrase);
  const key = bags(store, "pkcs8ShroudedKeyBag").concat(bags(store, "keyBag")).map((bag) => bag.key).find((found) => found !== undefined && found !== null);
  if (key === undefined || key === null) throw new Error("the PFX file holds no RSA private key");
  const { n, e } = key as forge.pki.rsa.PrivateKey;
  const certificate = bags(store, "certBag").map(({ cert }) => cert).find((cert) => cert !== undefined && isKeyOf(cert, n, e));
  if (certificate === undefined) throw new Error("the PFX file holds no certificate for its private key");
  return { certificatePem: forge.pki.certificateToPem(certificate), privateKeyPem: forge.pki.privateKeyToPem(key) };
}

function opened(pfx: Uint8Array, passphrase: string): forge.pkcs12.Pkcs12Pfx {
  let asn1: forge.asn1.Asn1;
  try {
    asn1 = forge.asn1.fromDer(forge.util.createBuffer(Buffer.from(pfx).toString("binary")));
  } catch (cause) {
    throw new Error("it is no PFX file", { cause });
  }
  try {
    return forge.pkcs12.pkcs12FromAsn1(asn1, passphrase);
  } catch (cause) {
    // Two ways of writing such a passphrase are in use, and the library knows one of them for both places where it is needed.
    const beyond = /[^\x20-\x7e]/.test(passphrase) ? "; one with accents cannot be used here" : "";
    throw new Error(`the passphrase does not open the PFX file${beyond}`, { cause });
  }
}

function bags(store: forge.pkcs12.Pkcs12Pfx, name: "pkcs8ShroudedKeyBag" | "keyBag" | "certBag"): forge.pkcs12.Bag[] {
  const type = forge.pki.oids[name] ?? "";
  return store.getBags({ bagType: type })[type] ?? [];
}

function isKeyOf({ publicKey }: forge.pki.Certificate, n: forge.jsbn.BigInteger, e: forge.jsbn.BigInteger): boolean {
  const own = publicKey as forge.pki.rsa.PublicKey;
  return own.n?.equals(n) && own.e?.equals(e);
}
