import type { DiskTree } from "../../../src/drivers/disk/tree.js";

export const HOSTED = "hosted";

/** Pictures and code in a conversation's messages. Their folder is looked at once, when a message first names some; a link in its place, or in a file's, leads to nothing. */
export class Hosted {
  readonly #folder: string;
  #stands: Promise<boolean> | undefined;

  constructor(private readonly tree: DiskTree, conversation: string) {
    this.#folder = `${conversation}/${HOSTED}`;
  }

  /** Bytes of a file; undefined when none stands there. */
  async size(file: string): Promise<number | undefined> {
    this.#stands ??= this.tree.itself(this.#folder).then((found) => found?.kind === "folder");
    const found = (await this.#stands) ? await this.tree.itself(`${this.#folder}/${file}`) : undefined;
    return found?.kind === "file" ? found.size : undefined;
  }

  async text(file: string): Promise<string | undefined> {
    return this.tree.ownText(`${this.#folder}/${file}`);
  }
}
