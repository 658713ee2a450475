/** Sends a file with an upload form to S3, as the page does. */
export function sendUploadForm(
  { url, fields }: { url: string; fields: Readonly<Record<string, string>> },
  file: Uint8Array,
  headers: Record<string, string> = {},
): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  // S3 ignores everything after the file.
  form.append("file", new Blob([new Uint8Array(file)]), "file");
  return fetch(url, { method: "POST", headers, body: form });
}
