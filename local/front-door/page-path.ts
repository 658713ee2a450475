/** The page has one document for all its addresses: whatever has no dot is an address of the page, not a file. */
export function toPageFile(path: string): string {
  return path.includes(".") ? path : "/index.html";
}
