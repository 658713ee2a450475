import { expect, inject, it } from "vitest";
import { pageFunctionCode } from "#local/front-door/page-function.ts";
import { rules } from "./rules.ts";
import { type Template, textAt } from "./template.ts";
import { validate } from "./validator.ts";

const template: Template = JSON.parse(inject("template"));

// A reference to the bucket would be a cycle: the bucket waits for this permission. A rule of ours checks the text.
const named = /^W9002 DocumentIngestPermission: Property 'SourceArn' has a hardcoded ARN/;

it("AWS's validator finds no fault in the template", () => {
  expect(validate(template).filter((fault) => !named.test(fault))).toEqual([]);
});

it.each(Object.entries(rules))("%s", (_sentence, rule) => {
  expect(rule(template)).toEqual([]);
});

it("CloudFront and the twin run the same code for the addresses of the page", () => {
  const code = textAt(template.Resources.PagePath, "Properties.FunctionCode");
  expect(code).toBe(pageFunctionCode());
  // CloudFront's limit for a function.
  expect(Buffer.byteLength(code)).toBeLessThanOrEqual(10 * 1_024);
});
