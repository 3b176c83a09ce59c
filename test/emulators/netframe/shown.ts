const NAMED: Readonly<Record<string, string>> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"" };

/** What a page makes of a text: line ends, entities decoded once, mentions as links (StringHelper, `formatPostText`). @throws for a mention of somebody who is not there, as a page breaks at one. */
export function formatted(content: string, users: readonly number[]): string {
  const decoded = content.replace(/\n/g, "<br />\n").replace(/&(?:amp|lt|gt|quot);|&#(\d+);/g, (entity, code: string | undefined) => (code === undefined ? NAMED[entity] ?? entity : String.fromCodePoint(Number(code))));
  return decoded.replace(/@\[(.*?)\]\((?:user:)?(\d+)\)/g, (_whole, name: string, id: string) => {
    if (!users.includes(Number(id))) throw new Error(`Call to a member function getUrl() on null: ${id}`);
    return `<a class="user-taggued" href="/user/${id}">${name}</a>`;
  });
}

/** What a browser shows of that HTML: the tests' proof that nothing of it is live. */
export function readBy(html: string): { readonly text: string; readonly tags: readonly string[] } {
  const tags = [...html.matchAll(/<[a-z/!][^>]*>/gi)].map(([tag]) => tag).filter((tag) => tag !== "<br />");
  return { text: html.replace(/<br \/>/g, "").replace(/&(?:amp|lt|gt|quot);/g, (entity) => NAMED[entity] ?? entity), tags };
}
