import { type Document, type DocumentLimits, documentFormatOf } from "#lib/contract/document.ts";
import { ApiProblem } from "../api/api-problem.ts";

/** The reasons of this page why a file is not uploaded. `documentTexts.problems` has their sentences. */
export const uploadProblemTypes = [
  "file_empty",
  "file_too_large",
  "file_format",
  "file_unreadable",
  "document_quota",
  "insecure_page",
  "storage_unreachable",
  "storage_refused",
  "upload_interrupted",
] as const;
type UploadProblemType = (typeof uploadProblemTypes)[number];

export const uploadProblem = (type: UploadProblemType, cause?: unknown): ApiProblem =>
  new ApiProblem({ type, status: 0, detail: type, cause });

const finalTypes = ["file_empty", "file_too_large", "file_format", "insecure_page"];

/** Returns whether the same file would fail again. */
export const isFinal = ({ type }: ApiProblem): boolean => finalTypes.includes(type);

/** Returns why the service would refuse a file, before the upload; null if nothing speaks against it. */
export function refusalOf(
  { name, size }: Pick<File, "name" | "size">,
  scope: Document["scope"],
  limits: DocumentLimits,
): ApiProblem | null {
  if (documentFormatOf(name) === undefined) return uploadProblem("file_format");
  if (size === 0) return uploadProblem("file_empty");
  if (size > limits.file_bytes) return uploadProblem("file_too_large");
  const quota = limits[scope];
  const isFull = quota.count_used >= quota.count || quota.bytes_used + size > quota.bytes;
  return isFull ? uploadProblem("document_quota") : null;
}
