import { posix } from "node:path";

/** Where a link of a page leads. */
export type LinkTarget =
  | { kind: "external"; href: string }
  /** Something in the repository. `path` is from its root, `anchor` begins with `#` or is empty. */
  | { kind: "local"; path: string; anchor: string }
  /** Neither a page nor an address of the web: the link's text stays, the link does not. */
  | { kind: "none" };

/** Returns where the address of a link leads that is written on the page `from`. */
export function linkTarget(from: string, address: string): LinkTarget {
  if (/^(https?|mailto):/i.test(address)) return { kind: "external", href: address };
  if (/^[a-z][a-z\d+.-]*:|^[/\\]/i.test(address)) return { kind: "none" };
  const [written = "", anchor] = address.split("#", 2);
  const path = written === "" ? from : posix.join(posix.dirname(from), decoded(written));
  if (path === ".." || path.startsWith("../")) return { kind: "none" };
  return { kind: "local", path, anchor: anchor === undefined ? "" : `#${anchor}` };
}

/** Returns the path of a page or file on the site. A page loses its `.md`. */
export function sitePath(path: string): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return `/${encoded.replace(/\.md$/, "")}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
