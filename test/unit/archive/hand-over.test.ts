import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { writeMessagesFile } from "../../../adapters/archive/conversation/messages-file.js";
import { threadPages } from "../../../adapters/archive/conversation/thread-page.js";
import { handOverFiles } from "../../../adapters/archive/index.js";
import { ExodusError } from "../../../src/core/errors.js";
import { DiskTree } from "../../../src/drivers/disk/tree.js";

const SECRET = "content of another folder";

function message(id: string, content: string, more: object = {}): string {
  return JSON.stringify({
    id, messageType: "message", createdDateTime: "2026-01-05T09:00:00.000Z", importance: "normal", from: { user: { id: "z", displayName: "Zoé" } }, body: { contentType: "html", content }, attachments: [], mentions: [], reactions: [], ...more,
  });
}

describe("what an archive hands over", () => {
  let dir = "";
  let root = "";
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "exodus-hand-over-"));
    root = path.join(dir, "archive");
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const put = async (name: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  };
  /** Texts by path; "refused" for what is no file. */
  const handed = async (): Promise<Map<string, string>> => {
    const found = new Map<string, string>();
    for await (const file of handOverFiles(new DiskTree(root), "en")) {
      if ("refused" in file) found.set(file.path, "refused");
      else {
        const pieces: Uint8Array[] = [];
        for await (const piece of file.open()) pieces.push(piece);
        found.set(file.path, Buffer.concat(pieces).toString("utf8"));
      }
    }
    return found;
  };

  it("takes a drive's folder for what it is, whatever its files are called", async () => {
    await put("users/zoe/drive/export/messages.jsonl", "{}\n");
    await put("users/zoe/drive/export/messages/2024/1.json", "{}");
    await put("users/zoe/drive/export/threads/mine.txt", "mine");
    await put("teams/eau/Général/messages/1.json", message("1", "hello"));
    await put("chats/duo/messages/2.json", message("2", "bye"));
    const found = await handed();
    expect([...found.keys()]).toEqual([
      "chats/duo/messages/2.json", "chats/duo/threads/2.html", "groups/eau/channels/Général/messages/1.json", "groups/eau/channels/Général/threads/1.html",
      "users/zoe/drive/export/messages/2024/1.json", "users/zoe/drive/export/messages.jsonl", "users/zoe/drive/export/threads/mine.txt",
    ]);
    expect(found.get("chats/duo/threads/2.html")).toContain("bye");
  });

  it("shows nothing of what links in a conversation lead to", async () => {
    const elsewhere = path.join(dir, "elsewhere");
    await mkdir(elsewhere);
    await writeFile(path.join(elsewhere, "code"), SECRET);
    await writeFile(path.join(elsewhere, "3.json"), message("3", SECRET));
    const snippet = { attachments: [{ id: "s", contentType: "application/vnd.microsoft.card.codesnippet", content: JSON.stringify({ name: "x", language: "text", codeSnippetUrl: "https://graph.example/v1.0/chats/c/messages/1/hostedContents/pic/$value" }) }] };
    const text = message("1", '<attachment id="s"></attachment><img src="../hostedContents/pic/$value">', snippet);
    await put("chats/duo/messages/1.json", text);
    await put("chats/duo/hosted/pic", "own code");
    expect((await handed()).get("chats/duo/threads/1.html")).toContain("own code");
    await rm(path.join(root, "chats/duo/hosted/pic"));
    await symlink(path.join(elsewhere, "code"), path.join(root, "chats/duo/hosted/pic"));
    await symlink(path.join(elsewhere, "3.json"), path.join(root, "chats/duo/messages/3.json"));
    await put("chats/two/messages/1.json", text);
    await writeFile(path.join(elsewhere, "pic"), SECRET);
    await symlink(elsewhere, path.join(root, "chats/two/hosted"));
    await mkdir(path.join(root, "chats/three"));
    await symlink(elsewhere, path.join(root, "chats/three/messages"));
    for (const name of ["duo", "two", "three"]) await writeMessagesFile(new DiskTree(root), `chats/${name}`, "en");
    const found = await handed();
    expect([...found].filter(([, said]) => said.includes(SECRET))).toEqual([]);
    expect([...found].filter(([, said]) => said === "refused").map(([name]) => name)).toEqual(["chats/duo/hosted/pic", "chats/duo/messages/3.json", "chats/three/messages", "chats/two/hosted"]);
    expect([...found.keys()].filter((name) => name.includes("/threads/"))).toEqual(["chats/duo/threads/1.html", "chats/two/threads/1.html"]);
  });

  it("leaves out what somebody put in the place of the thread pages, and says so", async () => {
    await put("chats/duo/messages/1.json", message("1", "first"));
    await put("chats/duo/threads/1.html", "mine");
    const found = await handed();
    expect([[...found.keys()], found.get("chats/duo/threads")]).toEqual([["chats/duo/messages/1.json", "chats/duo/threads", "chats/duo/threads/1.html"], "refused"]);
    expect(found.get("chats/duo/threads/1.html")).toContain("first");
  });

  it("keeps the place of a message that cannot be read", async () => {
    await put("chats/duo/messages/1.json", message("1", "first"));
    await put("chats/duo/messages/1_2.json", message("2", "second", { replyToId: "1" }));
    // What the system refuses to look at, root or not.
    class Closed extends DiskTree {
      override at(file: string): string {
        return file.endsWith("/1.json") ? `${super.at(file)}${"x".repeat(300)}` : super.at(file);
      }
    }
    const pages: [string, string][] = [];
    for await (const { name, open } of threadPages(new Closed(root), "chats/duo", "en")) {
      let text = "";
      for await (const piece of open()) text += Buffer.from(piece).toString("utf8");
      pages.push([name, text]);
    }
    expect(pages).toEqual([["1.html", expect.stringMatching(/cannot be shown here[^]*second/)]]);
    expect(pages[0]?.[1]).not.toContain("first");
    // What the archive itself derives is not made of a part.
    await expect(writeMessagesFile(new Closed(root), "chats/duo", "en")).rejects.toMatchObject({ code: "TARGET_REFUSED_ITEM" });
  });

  it("takes a lack of the machine's for no message's: the page is not made of a part", async () => {
    await put("chats/duo/messages/1.json", message("1", "first"));
    class Short extends DiskTree {
      override ownText(): Promise<string | undefined> {
        return Promise.reject(new ExodusError("TARGET_PASSING", { params: { target: root, reason: "EMFILE" } }));
      }
    }
    await expect(threadPages(new Short(root), "chats/duo", "en").next()).rejects.toMatchObject({ code: "TARGET_PASSING" });
  });

  it("looks for the folder of a conversation's pictures once", async () => {
    const looked: string[] = [];
    class Watched extends DiskTree {
      override at(file: string): string {
        if (file.includes("/hosted")) looked.push(file);
        return super.at(file);
      }
    }
    for (const id of ["1", "2", "3"]) await put(`chats/duo/messages/${id}.json`, message(id, `<img src="../hostedContents/pic${id}/$value">`));
    await put("chats/duo/hosted/pic2", "picture");
    await writeMessagesFile(new Watched(root), "chats/duo", "en");
    expect(looked).toEqual(["chats/duo/hosted", "chats/duo/hosted/pic1", "chats/duo/hosted/pic2", "chats/duo/hosted/pic3"]);
  });

  it("reads what it has looked at, and waits for nobody", async () => {
    await put("file", "own");
    await mkdir(path.join(root, "folder"));
    await symlink(path.join(root, "file"), path.join(root, "link"));
    spawnSync("mkfifo", [path.join(root, "pipe")]);
    const tree = new DiskTree(root);
    expect(await Promise.all(["file", "folder", "link", "pipe", "none"].map((name) => tree.ownText(name)))).toEqual(["own", undefined, undefined, undefined, undefined]);
    for (const [name, reason] of [["link", "ELOOP"], ["pipe", "ENXIO"], ["folder", "ENXIO"], ["none", "ENOENT"]]) {
      await expect(tree.bytes(name ?? "").next()).rejects.toMatchObject({ params: { reason } });
    }
    // Somebody puts a folder there after the first look.
    class Swapped extends DiskTree {
      #first = true;
      override at(file: string): string {
        const swapped = this.#first ? file : "folder";
        this.#first = false;
        return super.at(swapped);
      }
    }
    expect(await new Swapped(root).ownText("file")).toBe("own");
  });
});
