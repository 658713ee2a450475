import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { documents } from "./documents.ts";
import { readResults } from "./results.ts";

const root = join(import.meta.dirname, "../..");

// After a change run `npm run bench:docs`.
it.each([...documents()])("%s shows bench/results.json and the cost", (path, text) => {
  expect(readFileSync(join(root, path), "utf8")).toBe(text);
});

it("bench/results.json names neither a folder nor a host", () => {
  const text = JSON.stringify(readResults());
  expect(text).not.toMatch(/\/(home|root|tmp|work|Users)\b/);
  expect(text).not.toContain("localhost");
});
