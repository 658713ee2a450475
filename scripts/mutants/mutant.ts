import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A safeguard to remove, and where it is: in a file, or in an SQL function as the newest migration defines it. */
export type Mutant = {
  safeguard: string;
  /** Occurs exactly once in the file, or in the definition of the function. */
  original: string;
  mutated: string;
} & ({ path: string } | { sqlFunction: string });

/**
 * Returns the file that holds a safeguard, with its text and the text without the safeguard.
 * @throws Error if the safeguard is not where the mutant removes it
 */
export function removeSafeguard(folder: string, mutant: Mutant) {
  const { safeguard, original, mutated } = mutant;
  const { path, start, end } = placeOf(folder, mutant);
  const source = readFileSync(join(folder, path), "utf8");
  const place = source.slice(start, end);
  if (place.split(original).length !== 2) {
    throw new Error(`${path} has changed: ${safeguard} is not where this mutant removes it.`);
  }
  const changed = place.replace(original, () => mutated);
  return {
    path,
    source,
    mutatedSource: source.slice(0, start) + changed + source.slice(end ?? source.length),
  };
}

function placeOf(
  folder: string,
  mutant: Mutant,
): { path: string; start: number; end: number | undefined } {
  if ("path" in mutant) return { path: mutant.path, start: 0, end: undefined };
  const names = readdirSync(join(folder, "migrations")).filter((name) => /^\d{4}_/.test(name));
  for (const name of names.sort().toReversed()) {
    const path = `migrations/${name}`;
    const [up = ""] = readFileSync(join(folder, path), "utf8").split("\n-- Down Migration");
    const start = up.search(
      new RegExp(`^create (or replace )?function ${mutant.sqlFunction}\\(`, "m"),
    );
    if (start >= 0) return { path, start, end: up.indexOf("\n$$;", start) };
  }
  throw new Error(`No migration defines ${mutant.sqlFunction}.`);
}
