import type { CallToolResult } from "@modelcontextprotocol/client";
import { expect, it } from "vitest";
import { resultText } from "./result-text.ts";

const text = (words: string) => ({ type: "text", text: words }) as const;

it.each<[string, CallToolResult, string]>([
  ["texts", { content: [text("One."), text("Two.")] }, "One.\n\nTwo."],
  ["nothing", { content: [] }, ""],
  ["structured content", { content: [], structuredContent: { a: 1 } }, '{"a":1}'],
  [
    "structured content that a text repeats",
    { content: [text('{ "b": [2], "a": 1 }')], structuredContent: { a: 1, b: [2] } },
    '{ "b": [2], "a": 1 }',
  ],
  [
    "structured content beside another text",
    { content: [text("One row.")], structuredContent: { rows: [1] } },
    'One row.\n\n{"rows":[1]}',
  ],
  [
    "an image",
    { content: [{ type: "image", mimeType: "image/png", data: "A".repeat(4_096) }] },
    "[image, image/png, 3 KB, not shown]",
  ],
  [
    "a sound",
    { content: [{ type: "audio", mimeType: "audio/wav", data: "AAAA" }] },
    "[audio, audio/wav, 1 KB, not shown]",
  ],
  [
    "a link",
    {
      content: [
        { type: "resource_link", uri: "https://a.example/b", name: "b", description: "The b." },
      ],
    },
    "[link to b: https://a.example/b]\nThe b.",
  ],
  [
    "an embedded text",
    { content: [{ type: "resource", resource: { uri: "file:///a.md", text: "# A" } }] },
    "[file:///a.md]\n# A",
  ],
  [
    "an embedded file",
    {
      content: [
        { type: "resource", resource: { uri: "file:///a", mimeType: "image/png", blob: "AAAA" } },
      ],
    },
    "[file:///a]\n[file, image/png, 1 KB, not shown]",
  ],
])("%s", (_, result, expected) => {
  expect(resultText(result)).toBe(expected);
});
