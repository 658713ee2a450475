import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";

interface Entry {
  version: string;
  resolved?: string;
  integrity?: string;
  /** Where a package is installed under another name. */
  name?: string;
}

/** npm checks what it installs only where both are there, on every platform; .npmrc makes npm write them. */
it("package-lock.json says of every package where it comes from and what its hash is", async () => {
  const path = join(import.meta.dirname, "../package-lock.json");
  const { packages }: { packages: Record<string, Entry> } = JSON.parse(
    await readFile(path, "utf8"),
  );
  const { "": _project, ...entries } = packages;
  expect(Object.keys(entries).length).toBeGreaterThan(500);
  const faulty = Object.entries(entries).filter(
    ([place, entry]) =>
      entry.resolved !== tarballOf(place, entry) ||
      !/^sha512-[A-Za-z0-9+/]{86}==$/.test(entry.integrity ?? ""),
  );
  expect(faulty).toEqual([]);
});

function tarballOf(place: string, { name, version }: Entry): string {
  const whole = name ?? place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
  const short = whole.slice(whole.lastIndexOf("/") + 1);
  return `https://registry.npmjs.org/${whole}/-/${short}-${version}.tgz`;
}
