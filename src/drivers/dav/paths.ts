/** One name as a path segment: everything but RFC 3986's unreserved characters is percent-encoded as UTF-8. */
export function encodeSegment(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The name of a path segment; a segment that is no UTF-8 stays as it is. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Joins a container's path and a name. */
export function below(container: string, name: string): string {
  return `${withoutSlash(container)}/${encodeSegment(name)}`;
}

export function withoutSlash(path: string): string {
  return path.replace(/\/+$/, "");
}

/** Path of the collection that holds this one; "" at the top. */
export function parentOf(path: string): string {
  const bare = withoutSlash(path);
  return bare.slice(0, bare.lastIndexOf("/"));
}

/** Decoded last name of a path. */
export function nameOf(path: string): string {
  const bare = withoutSlash(path);
  return decodeSegment(bare.slice(bare.lastIndexOf("/") + 1));
}

/** Same resource: servers differ in which characters they encode and in the final slash. */
export function samePath(a: string, b: string): boolean {
  const decoded = (path: string): string => withoutSlash(path).split("/").map(decodeSegment).join("/\u0000");
  return decoded(a) === decoded(b);
}
