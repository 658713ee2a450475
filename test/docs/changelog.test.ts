import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { readPage } from "./markdown.ts";

const text = readPage("CHANGELOG.md");
const versions = [...text.matchAll(/^## \[(.+?)\](?: - (\d{4}-\d{2}-\d{2}))?$/gm)].map(
  ([, version = "", date = ""]) => ({ version, date }),
);

test("the changelog begins with Unreleased, and dates every version, newest first", () => {
  const [unreleased, ...released] = versions;
  expect(unreleased).toEqual({ version: "Unreleased", date: "" });
  expect(text.match(/^## /gm)).toHaveLength(versions.length);
  const dates = released.map(({ date }) => date);
  expect(dates).not.toContain("");
  expect(dates).toEqual(dates.toSorted().reverse());
});

test("package.json has the newest version of the changelog", () => {
  expect(versions[1]?.version).toBe(packageJson.version);
});

test("entries are under the sections of Keep a Changelog", () => {
  const sections = [...text.matchAll(/^### (.+)$/gm)].map(([, section]) => section);
  const known = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
  expect(sections.filter((section = "") => !known.includes(section))).toEqual([]);
});
