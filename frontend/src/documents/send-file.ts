import type { DocumentCreated } from "#lib/contract/document.ts";
import { uploadProblem } from "./upload-problems.ts";

export type UploadForm = NonNullable<DocumentCreated["upload"]>;

/**
 * Returns the SHA-256 of a file in hex.
 * @throws ApiProblem if the browser cannot read the file, or has no WebCrypto: it has none on plain HTTP
 */
export async function sha256Of(file: File): Promise<string> {
  // The DOM's types do not know that insecure pages have no `subtle`.
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  if (subtle === undefined) throw uploadProblem("insecure_page");
  const bytes = await file.arrayBuffer().catch((error: unknown) => {
    throw uploadProblem("file_unreadable", error);
  });
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Sends a file by the form of a presigned S3 POST. `fetch` does not report the progress of an upload, so that this function uses
 * an `XMLHttpRequest`.
 * @throws ApiProblem if S3 refuses the file or cannot be reached, or the signal's reason
 */
export async function sendFile(
  { url, fields }: UploadForm,
  file: File,
  { onProgress, signal }: { onProgress: (sentBytes: number) => void; signal: AbortSignal },
): Promise<void> {
  signal.throwIfAborted();
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  // S3 ignores the fields after the file.
  body.set("file", file);
  const request = new XMLHttpRequest();
  await new Promise<void>((resolve, reject) => {
    request.upload.addEventListener("progress", ({ loaded }) =>
      // `loaded` counts the form too.
      onProgress(Math.min(loaded, file.size)),
    );
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else if (request.status >= 500) reject(uploadProblem("storage_unreachable"));
      else reject(uploadProblem("storage_refused", request.responseText));
    });
    request.addEventListener("error", () => reject(uploadProblem("storage_unreachable")));
    request.addEventListener("abort", () => reject(signal.reason));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.open("POST", url);
    request.send(body);
  });
}
