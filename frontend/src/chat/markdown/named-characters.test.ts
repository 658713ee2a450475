import { expect, it } from "vitest";
import { decodeNamedCharacterReference } from "./named-characters.ts";

it("knows every sign of ASCII that has a name", () => {
  const names =
    "Tab NewLine excl quot num dollar percnt amp apos lpar rpar ast plus comma period sol colon semi lt equals gt quest commat lbrack bsol rbrack Hat lowbar grave lcub vert rcub";
  const signs = names.split(" ").map(decodeNamedCharacterReference).join("");
  expect(signs).toBe("\t\n!\"#$%&'()*+,./:;<=>?@[\\]^_`{|}");
});

it("knows what answers are written with", () => {
  const names = "nbsp copy eacute alpha rarr hellip mdash euro le ne infin";
  const signs = names.split(" ").map(decodeNamedCharacterReference).join("");
  expect(signs).toBe("\u00a0©éα→…—€≤≠∞");
});

it.each(["nothing", "constructor", ""])("leaves &%s; as it is", (name) => {
  expect(decodeNamedCharacterReference(name)).toBe(false);
});
