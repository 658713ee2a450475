import { expect, it } from "vitest";
import { readLimits } from "./document-file.ts";
import { partText } from "./part-text.ts";
import { readText } from "./read-text.ts";

const file = (text: string) =>
  ({ bytes: Buffer.from(text), name: "a.txt", format: "text" }) as const;

it("readText keeps paragraphs and their lines", async () => {
  const text = "Title\r\n\r\nFirst line\r\nsecond line\r\n \r\n\r\nEnd\r\n";
  const { parts } = await readText(file(text), readLimits);
  expect(parts.map(({ blocks }) => partText(blocks).text)).toEqual([
    "Title\n\nFirst line\nsecond line\n\nEnd",
  ]);
});

it("readText refuses a text beyond the limit", async () => {
  await expect(readText(file("12345"), { ...readLimits, characters: 4 })).rejects.toThrow(
    "The document has more than 4 characters.",
  );
});
