import { expect, it } from "vitest";
import { shownText } from "./shown-text.ts";

it.each([
  ["a soft hyphen", "Kündi\u00ADgungs\u00ADfrist", "Kündigungsfrist"],
  ["spaces that do not break", "10\u202F000\u00A0€", "10 000 €"],
  ["ligatures", "o\uFB03ce \uFB01le", "office file"],
  ["a decomposed letter", "Gru\u0308ße", "Grüße"],
  ["a superscript", "10⁶ m²", "10⁶ m²"],
  ["zero-width and direction signs", "IN\u200BV-\u200E0042\u202E", "INV-0042"],
  ["joiners of emoji and Persian", "👩\u200D💻 می\u200Cخواهم", "👩\u200D💻 می\u200Cخواهم"],
  ["letters that hide in tags", "ok\u{E0041}\u{E0042}", "ok"],
  ["line ends of all kinds", "a\r\nb\rc\u2028d\fe", "a\nb\nc\nd\ne"],
  ["what PostgreSQL cannot store", "a\0b\uD800", "ab\uFFFD"],
])("shownText of %s", (_, text, shown) => {
  expect(shownText(text)).toBe(shown);
});
