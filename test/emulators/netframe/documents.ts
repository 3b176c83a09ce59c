import { Refusal, type Call, type Result, type Route } from "./wire.js";
import type { Store, StoredFolder, StoredMedia, StoredUser } from "./store.js";

/** config/media.php, in part: what the tests send. Of pictures other bytes are kept than came (CropHandler). */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  txt: ["text/plain"], csv: ["application/vnd.ms-excel", "application/octet-stream"], pdf: ["application/pdf"], odt: ["application/vnd.oasis.opendocument.text"],
  docx: ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"], zip: ["application/x-compressed", "application/zip"],
  bin: ["application/mac-binary", "application/macbinary", "application/x-binary", "application/x-macbinary"], svg: ["image/svg+xml"], html: ["text/html"],
};
const PICTURES: Readonly<Record<string, readonly string[]>> = { png: ["image/png"], jpg: ["image/jpeg", "image/pjpeg"] };
/** medias.name, medias_folders.name. */
const [MEDIA_NAME, FOLDER_NAME] = [245, 255];
const INDENT = "&nbsp;&nbsp;&nbsp;&nbsp;";
const PROFILE = "(house|community|project)\\/(\\d+)";

/** The explorer of a group's documents: User/MediaController, and the media package's MediaController. */
export class Documents {
  readonly routes: readonly Route[] = [
    { method: "POST", path: /^\/medias\/load-profile-folders$/, takes: ["profileType", "profileId"], serve: ({ fields }) => this.#tree(`${fields["profileType"] ?? ""}/${fields["profileId"] ?? ""}`) },
    { method: "POST", path: new RegExp(`^\\/medias\\/edit-folder\\/${PROFILE}$`), takes: ["name", "idFolder", "id"], serve: (call, type, id) => this.#edit(call, `${type ?? ""}/${id ?? ""}`) },
    { method: "POST", path: /^\/medias\/test-file-folder$/, takes: ["filename", "idFolder", "profile"], serve: ({ fields }) => this.#test(fields) },
    { method: "GET", path: new RegExp(`^\\/medias\\/show\\/${PROFILE}(?:\\/(\\d+))?$`), serve: (_call, type, id, folder) => this.#show(`${type ?? ""}/${id ?? ""}`, folder) },
    { method: "GET", path: /^\/media\/download\/(\d+)$/, serve: ({ query }, id) => this.#download(Number(id), query) },
    { method: "POST", path: /^\/medias\/delete$/, takes: ["mediaType", "mediaId"], serve: ({ fields }) => this.#delete(fields["mediaType"], Number(fields["mediaId"])) },
  ];

  constructor(private readonly store: Store) {}

  /** `upload`, of a file for the explorer. */
  upload({ user, fields, file }: Call): Result {
    const profile = profileIn(fields["profile"]);
    if (file === undefined || profile === undefined) throw new Refusal(403);
    // Symfony's UploadedFile: what stands before a separator is taken off.
    const name = file.name.replace(/^.*[/\\]/s, "");
    const extension = /\.([^.]*)$/.exec(name)?.[1]?.toLowerCase() ?? "";
    const row = { name, size: file.bytes.byteLength };
    const isPicture = PICTURES[extension]?.includes(file.type) === true;
    if (!isPicture && KINDS[extension]?.includes(file.type) !== true) {
      this.store.mails.push(name);
      return { json: { files: [{ ...row, error: "Type de fichier non supporté", id: null }], redirect: null, fromXplorer: "1" } };
    }
    const media = this.#kept(user, fields, { profile, name: column(name, MEDIA_NAME), bytes: isPicture ? Buffer.from("plus petite") : file.bytes });
    return { json: { files: [{ ...row, id: media.id, mediaId: media.id, type: 3, fromXplorer: true }], redirect: null, fromXplorer: "1" } };
  }

  #kept(user: StoredUser, fields: Call["fields"], { profile, name, bytes }: Pick<StoredMedia, "name" | "bytes"> & { readonly profile: string }): StoredMedia {
    const told = { name, bytes, user: user.id, linked: fields["postMedia"] === "1" ? 0 : 1, confidentiality: Number(fields["confidentiality"] ?? 1) };
    const { mediaId = "" } = fields;
    if (mediaId !== "") {
      const standing = this.store.medias.get(Number(mediaId));
      if (standing === undefined) throw new Refusal(500, "Call to a member function toArray() on null");
      this.store.archives.push({ media: standing.id, name: standing.name, bytes: standing.bytes });
      return Object.assign(standing, told);
    }
    const folder = Number(fields["idFolder"] ?? 0);
    if (folder !== 0 && !this.store.folders.has(folder)) throw new Refusal(500, "a foreign key constraint fails");
    const media: StoredMedia = { id: this.store.next(), ...told, place: { profile, folder }, locked: false, underWorkflow: false };
    this.store.medias.set(media.id, media);
    return media;
  }

  /** `loadFolders`. */
  #tree(profile: string): Result {
    this.#needs(profile, 4);
    const options: { value: number; text: string }[] = [{ value: 0, text: "Accueil" }, { value: 1, text: "Photos de profil" }, { value: 2, text: "Documents des publications" }];
    const add = (parent: number, level: number): void => {
      for (const { id, name } of this.store.foldersIn(profile, parent)) {
        options.push({ value: id, text: `${INDENT.repeat(level)}${name}` });
        add(id, level + 1);
      }
    };
    add(0, 0);
    return { json: { options } };
  }

  /** `editFolder`. A folder of the own number for its parent would be one of a connected drive. */
  #edit({ user, fields }: Call, profile: string): Result {
    this.#needs(profile, 3);
    const { name = "", idFolder, id } = fields;
    if (name === "") return { json: { view: "<form></form>" } };
    if (id === idFolder) throw new Refusal(500, "Call to a member function addFolder() on null");
    const standing = id === undefined ? undefined : this.store.folders.get(Number(id));
    if (id !== undefined) {
      if (standing === undefined) throw new Refusal(500, "Attempt to read property \"profile\" on null");
      this.#needs(standing.profile, 4);
    }
    const told = { name: column(name, FOLDER_NAME), parent: Number(idFolder ?? 0), user: user.id, isPublic: false };
    const folder: StoredFolder = Object.assign(standing ?? { id: this.store.next(), profile }, told);
    this.store.folders.set(folder.id, folder);
    return { json: { view: "", newContent: true, idFolder: id ?? null, viewContent: { type: "insert", view: this.#folderEntry(folder) }, folderName: folder.name, closeModal: true } };
  }

  /** `testFileFolder`: the first by the database's comparison of texts. */
  #test({ filename = "", idFolder, profile }: Call["fields"]): Result {
    const place = { profile: profileIn(profile), folder: Number(idFolder) };
    const found = this.store.mediasIn(place.profile ?? "", place.folder).find(({ name, underWorkflow }) => underWorkflow !== true && folded(name) === folded(filename));
    return { json: found === undefined ? { response: false } : { response: true, originalId: found.id } };
  }

  /** `showList`; resources/views/media/list.blade.php, xplorer/folder.blade.php, xplorer/file.blade.php. */
  #show(profile: string, told: string | undefined): Result {
    this.#needs(profile, 5);
    const folder = Number(told ?? 0);
    if (folder !== 0 && this.store.folders.get(folder) === undefined) throw new Refusal(500, "Attempt to read property \"personnal_folder\" on null");
    const files = this.store.mediasIn(profile, folder).filter(({ underWorkflow }) => underWorkflow !== true);
    const [type = "", id = ""] = profile.split("/");
    const entries = [...this.store.foldersIn(profile, folder).map((one) => this.#folderEntry(one)), ...files.map((one) => fileEntry(one))];
    return { page: `<section class="documents" id="fileXplorer">\n<div class="xplorer-main-view netframe-list-wrapper" data-profile-type="${type}" data-profile-id="${id}" data-folder-id="${told ?? ""}">\n<ul class="netframe-list file-display">${entries.join("\n")}</ul></div>\n</section>` };
  }

  /** `download`. */
  #download(id: number, query: URLSearchParams): Result {
    const media = this.store.medias.get(id);
    if (media === undefined) throw new Refusal(404, "No query results for model [App\\Media].");
    this.store.views.push(id);
    if (query.has("returnJson")) return { json: { files: [{ id, name: media.name, size: media.bytes.byteLength, type: 3, description: null, meta_author: null }], redirect: null, fromXplorer: 0 } };
    return { bytes: media.bytes, disposition: `inline; filename="${media.name}"` };
  }

  /** `delete`: a folder takes all along, what is under a workflow included. */
  #delete(kind: string | undefined, id: number): Result {
    if (kind === "media") {
      const media = this.store.medias.get(id);
      if (media?.place === undefined || media.locked === true) throw new Refusal(403);
      this.#needs(media.place.profile, 4);
      this.store.medias.delete(id);
    } else if (kind === "folder") {
      const folder = this.store.folders.get(id);
      if (folder === undefined) throw new Refusal(500, "Attempt to read property \"profile\" on null");
      this.#needs(folder.profile, 4);
      this.#deleteFolder(folder);
    } else throw new Refusal(403);
    return { json: { delete: true, targetId: `#${kind === "media" ? "file" : "folder"}-${id}` } };
  }

  #deleteFolder({ id, profile }: StoredFolder): void {
    for (const media of this.store.mediasIn(profile, id)) this.store.medias.delete(media.id);
    for (const child of this.store.foldersIn(profile, id)) this.#deleteFolder(child);
    this.store.folders.delete(id);
  }

  #folderEntry({ id, name, profile }: StoredFolder): string {
    const workflows = this.store.mediasIn(profile, id).filter(({ underWorkflow }) => underWorkflow === true).length;
    return `<li class="container  droppable draggable "\n    id="folder-${id}"\n    data-name="${escaped(name)}"\n    data-type="folder"\n    data-id="${id}"\n    data-confirm-message="Etes vous sûr de supprimer ce dossier ?"\n    data-workflows="${workflows}"\n    ><h4>${escaped(name)}</h4></li>`;
  }

  #needs(profile: string, role: number): void {
    if ((this.store.roles.get(profile) ?? 9) > role) throw new Refusal(403);
  }
}

function fileEntry({ id, name }: StoredMedia): string {
  return `<li class="container  draggable  media-file" data-name="${escaped(name)}" data-type="media" data-type="file" data-id="${id}" id="file-${id}"><h4>${escaped(name)}</h4></li>`;
}

/** What the product reads of the form's JSON: nothing less is a group. */
function profileIn(told: string | undefined): string | undefined {
  const { type, id } = JSON.parse(told ?? "{}") as { readonly type?: unknown; readonly id?: unknown };
  return typeof type === "string" && typeof id === "number" ? `${type}/${id}` : undefined;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0).toString().padStart(3, "0")};`);
}

/** A column of three bytes a character, cut without a word. */
function column(text: string, most: number): string {
  return [...text.replace(/[\u{10000}-\u{10ffff}]/gu, "?")].slice(0, most).join("");
}

/** utf8_general_ci: letter by letter, without case, accents and spaces at the end. */
function folded(text: string): string {
  return [...text.replace(/ +$/, "")].map((char) => (char.normalize("NFD")[0] ?? char).toUpperCase()).join("");
}
