import { expect, it } from "vitest";
import { decodeNamedCharacterReference } from "./named-characters.ts";
import "./rare-markdown.tsx";

it("decodeNamedCharacterReference knows every named ASCII character", () => {
  const names =
    "Tab NewLine excl quot num dollar percnt amp apos lpar rpar ast plus comma period sol colon semi lt equals gt quest commat lbrack bsol rbrack Hat lowbar grave lcub vert rcub";
  const signs = names.split(" ").map(decodeNamedCharacterReference).join("");
  expect(signs).toBe("\t\n!\"#$%&'()*+,./:;<=>?@[\\]^_`{|}");
});

it("decodeNamedCharacterReference knows common names of HTML 4", () => {
  const names = "nbsp copy eacute alpha rarr hellip mdash euro le ne infin";
  const signs = names.split(" ").map(decodeNamedCharacterReference).join("");
  expect(signs).toBe("\u00a0©éα→…—€≤≠∞");
});

it.each(["nothing", "constructor", ""])(
  "decodeNamedCharacterReference returns false for &%s;",
  (name) => {
    expect(decodeNamedCharacterReference(name)).toBe(false);
  },
);
