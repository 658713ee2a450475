import { runInNewContext } from "node:vm";
import { expect, inject, it } from "vitest";
import { toPageFile } from "#local/front-door/page-path.ts";
import { rules } from "./rules.ts";
import { type Template, textAt } from "./template.ts";
import { validate } from "./validator.ts";

const template: Template = JSON.parse(inject("template"));

it("AWS's validator finds nothing", () => {
  expect(validate(template)).toEqual([]);
});

it.each(Object.entries(rules))("%s", (_sentence, rule) => {
  expect(rule(template)).toEqual([]);
});

it.each([
  "/",
  "/c/0b7c",
  "/c/0b7c/",
  "/index.html",
  "/assets/main-1a2b.js",
  "/favicon.svg",
  "/.well-known/x",
  "/a.b/c",
])("CloudFront finds the page's file for %s as the twin does", (path) => {
  const code = textAt(template.Resources.PagePath, "Properties.FunctionCode");
  const request = { uri: path };
  const passed = runInNewContext(`${code}; handler({ request })`, { request });
  expect(passed.uri).toBe(toPageFile(path));
});
