import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, it } from "vitest";
import { anchorsOf, filesNamedIn, linksOf, pages, readPage, root } from "./markdown.ts";

it("the list of pages holds every kind of page", () => {
  expect(pages).toEqual(
    expect.arrayContaining(["README.md", "docs/architecture.md", "local/neon/README.md"]),
  );
});

it.each(pages)("%s links only to files and headings that exist", (page) => {
  const missing = linksOf(readPage(page)).filter((target) => !leadsSomewhere(page, target));
  expect(missing).toEqual([]);
});

const files = globSync("**/*.*", {
  cwd: root,
  exclude: (path) => /(^|\/)(node_modules|dist|\.local)(\/|$)/.test(path),
});
const names = new Set(files.map((file) => basename(file)));

// The changelog may name files of former versions.
it.each(pages.filter((page) => page !== "CHANGELOG.md"))(
  "%s names only files that exist",
  (page) => {
    const exists = (file: string) =>
      existsSync(join(root, file)) ||
      existsSync(join(root, dirname(page), file)) ||
      names.has(file);
    expect(filesNamedIn(readPage(page)).filter((file) => !exists(file))).toEqual([]);
  },
);

it("every page in docs/ has a link on another page", () => {
  const linked = new Set(
    pages.flatMap((page) =>
      linksOf(readPage(page)).map((target) => join(dirname(page), target.replace(/#.*/, ""))),
    ),
  );
  const unlinked = pages.filter((page) => page.startsWith("docs/") && !linked.has(page));
  expect(unlinked).toEqual([]);
});

it("sources name only pages and headings that exist", () => {
  const sources = globSync(
    "{functions,lib,frontend/src,local,infra,scripts,test,.github}/**/*.{ts,tsx,mjs,cjs,yml}",
    { cwd: root },
  );
  const missing = [...sources, "serverless.yml", ".env.example"].flatMap((source) => {
    const named = readFileSync(join(root, source), "utf8").matchAll(
      /\bdocs\/[\w/-]+\.md(#[\w-]+)?/g,
    );
    return [...named]
      .map(([target]) => target)
      .filter((target) => !leadsSomewhere(".", target))
      .map((target) => `${source}: ${target}`);
  });
  expect(missing).toEqual([]);
});

function leadsSomewhere(page: string, target: string): boolean {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : join(page === "." ? "" : dirname(page), path);
  if (!existsSync(join(root, file))) return false;
  return anchor === undefined || anchorsOf(readPage(file)).includes(anchor);
}
