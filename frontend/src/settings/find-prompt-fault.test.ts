import { expect, it } from "vitest";
import { findPromptFault } from "./find-prompt-fault.ts";

const others = [{ name: "brief", text: "Be brief." }];

it.each([
  ["a name with letters of any language", "kürzer_2-ü", "Fasse dich kurz.", null],
  ["an empty name", "", "Text", "name"],
  ["a name with a space", "two words", "Text", "name"],
  ["a name of 41 letters", "n".repeat(41), "Text", "name"],
  ["a name that another prompt has", "brief", "Text", "taken"],
  ["a blank text", "new", " \n ", "text"],
  ["a text of 4,001 characters", "new", "t".repeat(4_001), "text"],
  ["a text of 4,000 characters", "new", "t".repeat(4_000), null],
])("%s", (_what, name, text, fault) => {
  expect(findPromptFault({ name, text }, others)).toBe(fault);
});
