/** Lets the browser save a file of these parts. */
export function download(name: string, type: string, ...parts: BlobPart[]): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Returns "sales-by-month" for "Sales by month", and `otherwise` for a title without letters. */
export function fileNameOf(title: string, otherwise: string): string {
  const name = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
  // By characters, so that none is cut in two.
  return [...name.replace(/^-|-$/g, "")].slice(0, 60).join("").replace(/-$/, "") || otherwise;
}
