import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";

/**
 * Makes the links among the libraries of a PostgreSQL package that are missing. npm packages cannot hold links: the
 * package's install script makes them, and `--ignore-scripts` skips it.
 */
export function restoreLibraryLinks(packageDirectory: string): void {
  const list = join(packageDirectory, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  for (const { source, target } of links) {
    const link = join(packageDirectory, target);
    // Both are in one folder.
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}
