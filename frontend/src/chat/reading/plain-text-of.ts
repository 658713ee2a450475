import type { Nodes } from "mdast";

/** Returns what a part of an answer says, without its Markdown. */
export function plainTextOf(node: Nodes): string {
  if ("children" in node) return node.children.map(plainTextOf).join("");
  if (node.type === "image") return node.alt ?? "";
  if (node.type === "break") return " ";
  if (node.type === "html") return /^<br\s*\/?>$/i.test(node.value) ? " " : node.value;
  return "value" in node ? node.value : "";
}
