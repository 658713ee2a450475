import { expect, it } from "vitest";
import { toParameterText } from "./parameter-text.ts";

it.each([
  [null, null],
  ["as {is}", "as {is}"],
  [true, "true"],
  [42.5, "42.5"],
  [{ a: [1] }, '{"a":[1]}'],
  [[true, null, "NULL", 42, 'say "\\"'], '{true,NULL,"NULL",42,"say \\"\\\\\\""}'],
  [[[1, 2], [], [null]], "{{1,2},{},{NULL}}"],
  [[{ a: 1 }], '{"{\\"a\\":1}"}'],
])("writes %j as Neon's proxy does", (value, text) => {
  expect(toParameterText(value)).toBe(text);
});
