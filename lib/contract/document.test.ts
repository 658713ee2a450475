import * as v from "valibot";
import { expect, it } from "vitest";
import {
  DocumentCreate,
  DocumentListQuery,
  DocumentPath,
  DocumentQuery,
  documentFormatOf,
} from "./document.ts";

const file = { name: "Plan.pdf", bytes: 12, sha256: "A".repeat(64) };
const id = "11111111-2222-4333-8444-555555555555";

/** Returns the first complaint about a request to create a document, with its field. */
function complaintAbout(changes: object): string {
  const parsed = v.safeParse(DocumentCreate, { ...file, ...changes }, { abortEarly: true });
  if (parsed.success) throw new Error("was accepted");
  return `${v.getDotPath(parsed.issues[0])} ${parsed.issues[0].message}`;
}
const nameOf = (name: string) => v.parse(DocumentCreate, { ...file, name }).name;

it("a document is its owner's own by default", () => {
  expect(v.parse(DocumentCreate, file)).toEqual({
    ...file,
    media_type: "application/octet-stream",
    sha256: "a".repeat(64),
    scope: "own",
  });
});

it.each([
  ["Plan.pdf", "pdf"],
  ["a.b.DOCX", "docx"],
  ["notes.Markdown", "markdown"],
  ["plan.exe", undefined],
  ["pdf", undefined],
  ["plan.pdf ", undefined],
  ["plan.constructor", undefined],
  ["plan.toString", undefined],
])("the file name %j has the format %j", (name, format) => {
  expect(documentFormatOf(name)).toBe(format);
});

it.each([
  ["  Plan \t 2026.pdf\n", "Plan 2026.pdf"],
  ["Plan\u0000\u001b[31m.pdf", "Plan [31m.pdf"],
  ["fdp.\u202egpj.pdf", "fdp.gpj.pdf"],
  ["\u2067Plan\u2069.pdf", "Plan.pdf"],
  ["Plan\u2028.pdf", "Plan .pdf"],
  ["Pla\u0308ne.pdf", "Pl\u00e4ne.pdf"],
  [
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.pdf",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.pdf",
  ],
])("the file name %j becomes %j", (name, clean) => {
  expect(nameOf(name)).toBe(clean);
});

it.each([
  ["../../etc/passwd.txt", "name must be a file name without / and \\"],
  ["C:\\Plan.pdf", "name must be a file name without / and \\"],
  [`${"a".repeat(996)}.pdf`, "name must have at most 255 characters"],
  ["\ud800.pdf", "name must be well-formed Unicode"],
  [" \u202e\n", "name must not be empty"],
  [7, "name must be a string"],
])("the file name %j is refused: %s", (name, complaint) => {
  expect(complaintAbout({ name })).toBe(complaint);
});

it("a refused ending names those that are read", () => {
  expect(complaintAbout({ name: "plan.exe" })).toMatch(/^name must end with \.txt, .+, \.eml$/);
});

it.each([
  [{ bytes: 0 }, "bytes must be at least 1: the file is empty"],
  [{ bytes: 1.5 }, "bytes must be a whole number of bytes"],
  [{ bytes: 2 ** 60 }, "bytes must be at most 5368709120"],
  [{ sha256: "abc" }, "sha256 must be 64 hexadecimal digits"],
  [{ media_type: "text/html\r\nx: y" }, "media_type must be a media type, like application/pdf"],
  [{ scope: "all" }, 'scope must be "site" or "own"'],
  [{ scope: "site", conversation_id: id }, 'conversation_id is possible only with the scope "own"'],
  [{ replaces: "1" }, "replaces must be a UUID"],
])("%j is refused: %s", (changes, complaint) => {
  expect(complaintAbout(changes)).toBe(complaint);
});

it("numbers of a query are read", () => {
  expect(v.parse(DocumentListQuery, {}).limit).toBe(30);
  expect(v.parse(DocumentQuery, { around: "12", cursor: "3" })).toEqual({ around: 12, cursor: 3 });
  expect(v.safeParse(DocumentQuery, { around: "-1" }).success).toBe(false);
  expect(v.parse(DocumentPath, { id: id.toUpperCase() })).toEqual({ id });
});
