import { escapeHtml } from "./escape-html.ts";
import { sitePath } from "./link-target.ts";
import { plainText } from "./plain-text.ts";
import type { Document } from "./read-document.ts";
import { renderHtml } from "./render-html.ts";

const siteName = "Documentation of Enterprise Agentic AI";

/** Returns the whole HTML of a page. */
export function pageHtml(document: Document): string {
  return layout(document.title, document.path, renderHtml(document));
}

/** Returns the page that lists all pages, by folder, each with its first sentence. */
export function listHtml(documents: readonly Document[]): string {
  const folders = new Map<string, Document[]>();
  for (const document of documents) {
    const folder = document.path.split("/").slice(0, -1).join("/");
    folders.set(folder, [...(folders.get(folder) ?? []), document]);
  }
  const groups = [...folders].map(([folder, pages]) => {
    const items = pages.map(
      (page) =>
        `<li><a href="${escapeHtml(sitePath(page.path))}">${escapeHtml(page.title)}</a><br>${escapeHtml(firstSentence(page))}</li>\n`,
    );
    const title = folder === "" ? "" : `<h2>${escapeHtml(`${folder}/`)}</h2>\n`;
    return `${title}<ul class="pages">\n${items.join("")}</ul>\n`;
  });
  return layout(siteName, "", `<h1>${siteName}</h1>\n${groups.join("")}`);
}

/** Returns the page for an address that leads nowhere. */
export function notFoundHtml(): string {
  const content = `<h1>No such page</h1>\n<p>The documentation has no page at this address. <a href="/">All pages</a></p>\n`;
  return layout("No such page", "", content);
}

function layout(title: string, path: string, content: string): string {
  const name = title === siteName ? title : `${title} · ${siteName}`;
  const source = path === "" ? "" : `<span class="path">${escapeHtml(path)}</span>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(name)}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<a class="skip" href="#content">Skip to the text</a>
<header><nav aria-label="Site"><a href="/">All pages</a> <a href="/README">README</a></nav>${source}</header>
<main id="content">
${content}</main>
</body>
</html>
`;
}

function firstSentence({ tree }: Document): string {
  const paragraph = tree.children.find(({ type }) => type === "paragraph");
  const text = paragraph ? plainText(paragraph) : "";
  return /^.*?[.:](?=\s|$)/.exec(text)?.[0] ?? text;
}
