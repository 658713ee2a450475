import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";

/**
 * Creates missing links among the libraries of a PostgreSQL package. npm packages cannot contain links. The package's
 * install script creates them, but `--ignore-scripts` skips that script.
 */
export function restoreLibraryLinks(packageDirectory: string): void {
  const list = join(packageDirectory, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  for (const { source, target } of links) {
    const link = join(packageDirectory, target);
    // Source and target are in the same folder.
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}
