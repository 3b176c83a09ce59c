import { hkdfSync } from "node:crypto";
import { Readable } from "node:stream";
import { Decrypter, Encrypter, identityToRecipient } from "age-encryption";

/**
 * What stands in an encrypted vault: age messages (age-encryption.org/v1) for the vault's own key. Each blob and each line is a whole message, so
 * that files grow, are cut and are read at any place like those of a plain vault, and `age` alone opens every piece.
 */
export class Cipher {
  readonly #encrypter = new Encrypter();
  readonly #decrypter = new Decrypter();

  private constructor(private readonly identity: string, recipient: string) {
    this.#encrypter.addRecipient(recipient);
    this.#decrypter.addIdentity(identity);
  }

  /** `identity`: the vault's own, "AGE-SECRET-KEY-1…". */
  static async of(identity: string): Promise<Cipher> {
    return new Cipher(identity, await identityToRecipient(identity));
  }

  encrypt(bytes: Uint8Array): Promise<Uint8Array> {
    return this.#encrypter.encrypt(bytes);
  }

  /** @throws Error when the bytes are not a whole message for the vault's key. */
  decrypt(bytes: Uint8Array): Promise<Uint8Array> {
    return this.#decrypter.decrypt(bytes);
  }

  async *encrypting(clear: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    yield* (await this.#encrypter.encrypt(Readable.toWeb(Readable.from(clear)) as ReadableStream<Uint8Array>)) as unknown as AsyncIterable<Uint8Array>;
  }

  async *decrypting(kept: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    yield* (await this.#decrypter.decrypt(Readable.toWeb(Readable.from(kept)) as ReadableStream<Uint8Array>)) as unknown as AsyncIterable<Uint8Array>;
  }

  /** Key of `state.sqlite`, 64 hexadecimal digits, derived from the vault's (HKDF-SHA256, RFC 5869) so that nothing more is to be kept. */
  get stateKey(): string {
    return Buffer.from(hkdfSync("sha256", this.identity, "", "o365-exodus state.sqlite", 32)).toString("hex");
  }
}

/** A JSON text as it is kept: itself, or a JSON string with the message in base64. */
export async function keptJson(cipher: Cipher | undefined, value: unknown): Promise<string> {
  const text = JSON.stringify(value);
  return cipher === undefined ? text : JSON.stringify(Buffer.from(await cipher.encrypt(Buffer.from(text))).toString("base64"));
}

/** The JSON text that is kept so. @throws Error when it cannot be opened. */
export async function clearJson(cipher: Cipher | undefined, text: string): Promise<string> {
  if (cipher === undefined) return text;
  const kept = JSON.parse(text) as unknown;
  if (typeof kept !== "string") throw new Error("not encrypted");
  return Buffer.from(await cipher.decrypt(Buffer.from(kept, "base64"))).toString("utf8");
}
