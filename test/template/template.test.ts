import { expect, inject, it } from "vitest";
import { pageFunctionCode } from "#local/front-door/page-function.ts";
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

it("CloudFront runs the code that the twin runs for the addresses of the page", () => {
  const code = textAt(template.Resources.PagePath, "Properties.FunctionCode");
  expect(code).toBe(pageFunctionCode());
  // CloudFront's own limit of a function.
  expect(Buffer.byteLength(code)).toBeLessThanOrEqual(10 * 1_024);
});
