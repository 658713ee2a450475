import { expect, it } from "vitest";
import { documentHash, parseDocumentHash } from "./document-address.ts";

const documentId = "11111111-1111-4111-8111-111111111111";
const versionId = "22222222-2222-4222-8222-222222222222";

it.each([
  { documentId },
  { documentId, versionId },
  { documentId, versionId, start: 0, end: 12, part: 3 },
  { documentId, part: 1 },
])("the fragment of %j leads back to it", (place) => {
  expect(parseDocumentHash(documentHash(place))).toEqual(place);
});

it.each([
  "",
  "#",
  "#top",
  "#document/",
  "#document/x",
  `#documents/${documentId}`,
  `#${documentId}`,
])("%j leads to no document", (hash) => {
  expect(parseDocumentHash(hash)).toBeNull();
});

it("a number that is none is left out", () => {
  const hash = `#document/${documentId}&start=-1&end=1e3&part=`;
  expect(parseDocumentHash(hash)).toEqual({ documentId });
});
