import type { Nodes, Parents, Table } from "mdast";
import { escapeHtml } from "./escape-html.ts";
import { linkTarget, sitePath } from "./link-target.ts";
import { plainText } from "./plain-text.ts";
import type { Document } from "./read-document.ts";

/**
 * Returns a page's text as HTML. Each text is escaped, and of the HTML in a page only pictures are shown, so no page can
 * bring its own markup or script.
 */
export function renderHtml(document: Document): string {
  return childrenOf(document.tree, document);
}

const childrenOf = (node: Parents, page: Document): string =>
  node.children.map((child) => render(child, page)).join("");

function render(node: Nodes, page: Document): string {
  const inside = () => ("children" in node ? childrenOf(node, page) : "");
  switch (node.type) {
    case "text":
      return escapeHtml(node.value);
    case "paragraph":
      return `<p>${inside()}</p>\n`;
    case "heading":
      return heading(node.depth, page.anchors.get(node) ?? "", inside());
    case "emphasis":
      return `<em>${inside()}</em>`;
    case "strong":
      return `<strong>${inside()}</strong>`;
    case "delete":
      return `<del>${inside()}</del>`;
    case "inlineCode":
      return `<code>${escapeHtml(node.value)}</code>`;
    case "code":
      return code(node.value, node.lang ?? "");
    case "blockquote":
      return `<blockquote>\n${inside()}</blockquote>\n`;
    case "list": {
      const start = node.start != null && node.start !== 1 ? ` start="${node.start}"` : "";
      return node.ordered ? `<ol${start}>\n${inside()}</ol>\n` : `<ul>\n${inside()}</ul>\n`;
    }
    case "listItem": {
      const box =
        node.checked == null
          ? ""
          : `<input type="checkbox" disabled${node.checked ? " checked" : ""}> `;
      // The items of a tight list have no paragraphs.
      const content = node.spread
        ? inside()
        : node.children
            .map((child) =>
              child.type === "paragraph" ? childrenOf(child, page) : `\n${render(child, page)}`,
            )
            .join("");
      return `<li>${box}${content}</li>\n`;
    }
    case "table":
      return table(node, page);
    case "thematicBreak":
      return "<hr>\n";
    case "break":
      return "<br>\n";
    case "link":
      return link(node.url, inside(), page);
    case "linkReference": {
      const definition = page.definitions.get(node.identifier);
      return definition ? link(definition.url, inside(), page) : inside();
    }
    case "image":
      return picture(node.url, node.alt ?? "", "", page);
    case "imageReference": {
      const definition = page.definitions.get(node.identifier);
      return definition ? picture(definition.url, node.alt ?? "", "", page) : "";
    }
    case "html":
      return html(node.value, page);
    default:
      return inside();
  }
}

function heading(depth: number, anchor: string, content: string): string {
  const id = escapeHtml(anchor);
  const self =
    depth === 1 ? "" : ` <a class="anchor" href="#${id}" aria-label="Link to this section">#</a>`;
  return `<h${depth} id="${id}">${content}${self}</h${depth}>\n`;
}

/** A block can be scrolled with the keyboard. */
function code(value: string, language: string): string {
  const block = `<pre tabindex="0"><code>${escapeHtml(value)}\n</code></pre>\n`;
  return language === "mermaid"
    ? `<figure><figcaption>A diagram, as its Mermaid source</figcaption>\n${block}</figure>\n`
    : block;
}

function table({ children: rows, align }: Table, page: Document): string {
  const row = (cells: Table["children"][number], name: "th" | "td") => {
    const written = cells.children.map((cell, column) => {
      const side = align?.[column];
      const attributes = `${name === "th" ? ' scope="col"' : ""}${side ? ` class="${side}"` : ""}`;
      return `<${name}${attributes}>${childrenOf(cell, page)}</${name}>`;
    });
    return `<tr>${written.join("")}</tr>\n`;
  };
  const [head, ...body] = rows;
  if (!head) return "";
  const label = escapeHtml(`Table: ${plainText(head.children[0] ?? head)}`);
  return `<div class="table" role="group" aria-label="${label}" tabindex="0"><table>
<thead>${row(head, "th")}</thead>
<tbody>${body.map((cells) => row(cells, "td")).join("")}</tbody>
</table></div>\n`;
}

function link(address: string, content: string, page: Document): string {
  const target = linkTarget(page.path, address);
  if (target.kind === "none") return content;
  if (target.kind === "external") {
    return `<a href="${escapeHtml(target.href)}" rel="noreferrer">${content}</a>`;
  }
  const path = target.path === page.path ? "" : sitePath(target.path);
  return `<a href="${escapeHtml(`${path}${target.anchor}`)}">${content}</a>`;
}

/** Pictures come from the repository only: the site loads nothing from elsewhere. */
function picture(address: string, alternative: string, size: string, page: Document): string {
  const target = linkTarget(page.path, address);
  if (target.kind !== "local" || address === "") return escapeHtml(alternative);
  return `<img src="${escapeHtml(sitePath(target.path))}" alt="${escapeHtml(alternative)}"${size}>`;
}

function html(source: string, page: Document): string {
  const [, written] = /^<img\s([^>]*)>$/.exec(source.trim()) ?? [];
  if (written === undefined)
    return /^<!--[\s\S]*-->$/.test(source.trim()) ? "" : escapeHtml(source);
  const attributes = new Map(
    [...written.matchAll(/([a-z]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]),
  );
  const width = attributes.get("width") ?? "";
  return picture(
    attributes.get("src") ?? "",
    attributes.get("alt") ?? "",
    /^\d{1,4}$/.test(width) ? ` width="${width}"` : "",
    page,
  );
}
