import { readFileSync } from "node:fs";

/** Returns a file's text, or undefined without the file. Another process may remove the file at any moment. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
