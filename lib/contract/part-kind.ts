import * as v from "valibot";

/** What a document consists of. One without pages, slides or sheets has sections. */
export const PartKind = v.picklist(["page", "slide", "sheet", "section"]);
export type PartKind = v.InferOutput<typeof PartKind>;
