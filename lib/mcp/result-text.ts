import { isDeepStrictEqual } from "node:util";
import type { CallToolResult } from "@modelcontextprotocol/client";
import { parseJson } from "#lib/platform/json.ts";

type Block = CallToolResult["content"][number];

/** Returns a result as text for the model. What is no text is named. */
export function resultText({ content, structuredContent }: CallToolResult): string {
  const texts = content.map(textOf);
  // Most servers send the same JSON as a text, for clients that know nothing else.
  const isRepeated = content.some(
    (block) => block.type === "text" && isDeepStrictEqual(parseJson(block.text), structuredContent),
  );
  if (structuredContent !== undefined && !isRepeated) texts.push(JSON.stringify(structuredContent));
  return texts.join("\n\n");
}

function textOf(block: Block): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "image":
    case "audio":
      return notShown(block.type, block.mimeType, block.data);
    case "resource_link":
      return [`[link to ${block.title ?? block.name}: ${block.uri}]`, block.description ?? ""]
        .join("\n")
        .trimEnd();
    case "resource": {
      const { resource } = block;
      if ("text" in resource) return `[${resource.uri}]\n${resource.text}`;
      return `[${resource.uri}]\n${notShown("file", resource.mimeType, resource.blob)}`;
    }
    default:
      return "[content of an unknown kind, not shown]";
  }
}

/** In Base64 four characters are three bytes. */
function notShown(kind: string, mimeType = "of an unknown type", base64: string): string {
  return `[${kind}, ${mimeType}, ${Math.ceil((base64.length * 3) / 4 / 1024)} KB, not shown]`;
}
