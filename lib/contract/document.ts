import * as v from "valibot";
import { isBlank } from "./blank-text.ts";
import { Identifier, Timestamp } from "./identifier.ts";
import { PartKind } from "./part-kind.ts";
import { typedLine } from "./typed-text.ts";

/** A document's format, by the ending of its file name. */
export const documentFormats = {
  txt: "text",
  text: "text",
  log: "text",
  md: "markdown",
  markdown: "markdown",
  html: "html",
  htm: "html",
  csv: "csv",
  tsv: "csv",
  pdf: "pdf",
  docx: "docx",
  pptx: "pptx",
  xlsx: "xlsx",
  eml: "eml",
} as const;
export type DocumentFormat = (typeof documentFormats)[keyof typeof documentFormats];

/** Returns the format that a file's name promises, or undefined if nothing here reads such files. */
export function documentFormatOf(name: string): DocumentFormat | undefined {
  const ending = /\.([a-z]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(documentFormats, ending)
    ? documentFormats[ending as keyof typeof documentFormats]
    : undefined;
}

/** The longest file name, in UTF-16 units. */
const maxNameLength = 255;
/** S3 takes at most so many bytes in one POST. A deployment has a lower limit. */
const highestFileBytes = 5 * 1024 ** 3;
const maxSearchLength = 100;

/** Controls and line separators: they would break a line of a list or of a log. */
const controls = /[\p{Cc}\p{Zl}\p{Zp}]/gu;
/**
 * Characters that hide in a line or turn its direction: after U+202E, "gpj.exe" shows as "exe.jpg". The joiners
 * U+200C and U+200D stay, because Persian, the scripts of India and emoji are spelt with them.
 */
const hidden =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

const visibleName = (name: string) =>
  name.normalize("NFC").replace(hidden, "").replace(controls, " ").replace(/\s+/gu, " ").trim();

/** The name of a file, in Unicode's NFC, without characters that nobody sees. */
const DocumentName = v.pipe(
  v.string("must be a string"),
  v.maxLength(maxNameLength, `must have at most ${maxNameLength} characters`),
  v.check((name: string) => name.isWellFormed(), "must be well-formed Unicode"),
  v.transform(visibleName),
  v.check((name: string) => !isBlank(name), "must not be empty"),
  v.check((name: string) => !/[/\\]/.test(name), "must be a file name without / and \\"),
  v.check(
    (name: string) => documentFormatOf(name) !== undefined,
    `must end with ${Object.keys(documentFormats)
      .map((ending) => `.${ending}`)
      .join(", ")}`,
  ),
);

/** `site`: everyone who signs in reads, replaces and deletes the document. `own`: only its owner. */
const DocumentScope = v.picklist(["site", "own"], 'must be "site" or "own"');
export type DocumentScope = v.InferOutput<typeof DocumentScope>;

/** `uploading`: the file has not arrived. `reading`: the file is being read. `failed`: `problem` says why. */
const DocumentState = v.picklist(["uploading", "reading", "ready", "failed"]);
export type DocumentState = v.InferOutput<typeof DocumentState>;

/** The body of `POST /api/v1/documents`, which returns the form that uploads the file. */
export const DocumentCreate = v.pipe(
  v.object({
    name: DocumentName,
    bytes: v.pipe(
      v.number("must be a whole number of bytes"),
      v.integer("must be a whole number of bytes"),
      v.minValue(1, "must be at least 1: the file is empty"),
      v.maxValue(highestFileBytes, `must be at most ${highestFileBytes}`),
    ),
    /** Hex SHA-256 of the file. S3 refuses other bytes. */
    sha256: v.pipe(
      v.string("must be a string"),
      v.regex(/^[0-9a-f]{64}$/i, "must be 64 hexadecimal digits"),
      v.toLowerCase(),
    ),
    /** What the browser thinks the file is. Only the `Content-Type` of a download depends on it. */
    media_type: v.optional(
      v.pipe(
        v.string("must be a string"),
        v.regex(/^[\w.+-]{1,100}\/[\w.+-]{1,100}$/, "must be a media type, like application/pdf"),
        v.toLowerCase(),
      ),
      "application/octet-stream",
    ),
    scope: v.optional(DocumentScope, "own"),
    /** The conversation that the document is attached to. Only its turns find the document. */
    conversation_id: v.nullish(Identifier),
    /** The document that gets this file as its newer version. */
    replaces: v.nullish(Identifier),
  }),
  v.forward(
    v.check(
      ({ scope, conversation_id }) => scope === "own" || !conversation_id,
      'is possible only with the scope "own"',
    ),
    ["conversation_id"],
  ),
);
export type DocumentCreate = v.InferOutput<typeof DocumentCreate>;

/**
 * A document with one of its versions. Lists show the newest version, which may still be uploading; a document that is shown
 * with its text shows the version that the text is of.
 */
export const Document = v.object({
  id: Identifier,
  scope: DocumentScope,
  /** The conversation that the document is attached to. */
  conversation_id: v.nullable(Identifier),
  /** The file's name. */
  name: v.string(),
  /** The title that the document gives itself. */
  title: v.nullable(v.string()),
  format: v.picklist([...new Set(Object.values(documentFormats))]),
  bytes: v.number(),
  /** Pages, slides, sheets or sections. Null until the file is read. */
  pages: v.nullable(v.number()),
  /** The name of PostgreSQL's text search configuration, like `english`, or `simple`. Null until the file is read. */
  language: v.nullable(v.string()),
  state: DocumentState,
  /** Why the file could not be read, as a sentence for people. */
  problem: v.nullable(v.string()),
  /** What a reader should know, as sentences for people, like "Pages 3 to 5 hold no text.". */
  notes: v.array(v.string()),
  /** Whether the caller has added the document. */
  is_mine: v.boolean(),
  version_id: Identifier,
  /** Counts from 1. */
  version: v.number(),
  versions: v.number(),
  /** The newest version that was ever ready. Null: answers find nothing in this document yet. */
  searched_version_id: v.nullable(Identifier),
  created_at: Timestamp,
  ready_at: v.nullable(Timestamp),
});
export type Document = v.InferOutput<typeof Document>;

const Quota = v.object({
  bytes: v.number(),
  bytes_used: v.number(),
  /** Documents, not versions. */
  count: v.number(),
  count_used: v.number(),
});

const DocumentLimits = v.object({
  /** The largest file. */
  file_bytes: v.number(),
  /** Endings of file names, like `.pdf`. */
  formats: v.array(v.string()),
  own: Quota,
  site: Quota,
});
export type DocumentLimits = v.InferOutput<typeof DocumentLimits>;

/** The response of `POST /api/v1/documents`. */
export const DocumentCreated = v.object({
  document: Document,
  /**
   * Where a `multipart/form-data` POST sends the fields and then the file, as the field `file`. Null if the same bytes are
   * in the same scope already: `document` is that document.
   */
  upload: v.nullable(
    v.object({
      url: v.string(),
      fields: v.record(v.string(), v.string()),
      expires_at: Timestamp,
    }),
  ),
});
export type DocumentCreated = v.InferOutput<typeof DocumentCreated>;

/** Query of `GET /api/v1/documents`, which lists the newest document first. */
export const DocumentListQuery = v.object({
  /** The `next_cursor` of the page before. */
  cursor: v.optional(
    v.pipe(v.string(), v.maxLength(200, "must be the next_cursor of another page")),
  ),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,3}$/, "must be a whole number from 1 to 100"),
      v.transform(Number),
      v.minValue(1, "must be a whole number from 1 to 100"),
      v.maxValue(100, "must be a whole number from 1 to 100"),
    ),
    "30",
  ),
  /** Selects documents whose name or title contains each of these words, in any case and without accents. */
  q: v.optional(typedLine(maxSearchLength)),
  /** Selects documents that are attached to this conversation. */
  conversation_id: v.optional(Identifier),
});

export const DocumentPage = v.object({
  documents: v.array(Document),
  next_cursor: v.nullable(v.string()),
  limits: DocumentLimits,
});
export type DocumentPage = v.InferOutput<typeof DocumentPage>;

/** The path of `GET`, `PATCH` and `DELETE /api/v1/documents/{id}`. */
export const DocumentPath = v.object({ id: Identifier });

const Offset = v.pipe(
  v.string(),
  v.regex(/^\d{1,9}$/, "must be a whole number"),
  v.transform(Number),
);

/** Query of `GET /api/v1/documents/{id}`, which returns the first parts, those of a cursor, or those around an offset. */
export const DocumentQuery = v.object({
  /** By default the version that is searched. */
  version_id: v.optional(Identifier),
  /** The `next_cursor` or `previous_cursor` of another page. */
  cursor: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,9}$/, "must be a cursor of another page"),
      v.transform(Number),
    ),
  ),
  /** A place in the document's text, in UTF-16 units: selects the page with the part that holds this place. */
  around: v.optional(Offset),
});

/**
 * A page, slide, sheet or section of a document. One of more than 65,536 UTF-16 units comes in pieces: several with the same
 * number, whose texts follow each other without a gap.
 */
const DocumentPart = v.object({
  /** Counts from 1. */
  number: v.number(),
  kind: PartKind,
  /** The name of a sheet, for example. */
  label: v.nullable(v.string()),
  /** Where the text begins in the document's text, in UTF-16 units. The document's text is that of all parts, with `\n\n` between parts. */
  start: v.number(),
  text: v.string(),
});
export type DocumentPart = v.InferOutput<typeof DocumentPart>;

const DocumentVersion = v.object({
  version_id: Identifier,
  version: v.number(),
  state: DocumentState,
  bytes: v.number(),
  pages: v.nullable(v.number()),
  created_at: Timestamp,
});

export const DocumentWithParts = v.object({
  document: Document,
  /** The newest first. */
  versions: v.array(DocumentVersion),
  /** In order, at most 768 KB of text. */
  parts: v.array(DocumentPart),
  next_cursor: v.nullable(v.string()),
  previous_cursor: v.nullable(v.string()),
  /** Where a GET downloads the file, for five minutes. Null while S3 has no file. */
  file_url: v.nullable(v.string()),
});
export type DocumentWithParts = v.InferOutput<typeof DocumentWithParts>;

/** The body of `PATCH /api/v1/documents/{id}`. */
export const DocumentUpdate = v.object({
  name: v.optional(DocumentName),
  scope: v.optional(DocumentScope),
  /** Null detaches the document from its conversation. */
  conversation_id: v.optional(v.nullable(Identifier)),
  /** Reads a failed document again. */
  retry: v.optional(v.literal(true, "must be true")),
});
export type DocumentUpdate = v.InferOutput<typeof DocumentUpdate>;

/** The response of `PATCH /api/v1/documents/{id}`. */
export const UpdatedDocument = v.object({ document: Document });
