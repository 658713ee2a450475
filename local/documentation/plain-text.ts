import type { Nodes } from "mdast";

/** Returns the text of a node without its markup, on one line unless the node is code. */
export function plainText(node: Nodes): string {
  if (node.type === "code") return node.value;
  return textIn(node).replaceAll(/\s+/g, " ").trim();
}

function textIn(node: Nodes): string {
  switch (node.type) {
    case "text":
    case "inlineCode":
      return node.value;
    case "break":
      return " ";
    case "image":
    case "imageReference":
      return node.alt ?? "";
    default:
      return "children" in node ? node.children.map(textIn).join("") : "";
  }
}
