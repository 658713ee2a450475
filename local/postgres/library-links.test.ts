import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { restoreLibraryLinks } from "./library-links.ts";

it("creates missing links, and is idempotent", () => {
  const directory = mkdtempSync(join(tmpdir(), "library-links-"));
  const native = join(directory, "native");
  mkdirSync(join(native, "lib"), { recursive: true });
  writeFileSync(join(native, "lib", "libpq.so.5.17"), "library");
  const link = { source: "native/lib/libpq.so.5.17", target: "native/lib/libpq.so.5" };
  writeFileSync(join(native, "pg-symlinks.json"), JSON.stringify([link]));
  restoreLibraryLinks(directory);
  restoreLibraryLinks(directory);
  expect(readFileSync(join(native, "lib", "libpq.so.5"), "utf8")).toBe("library");
  rmSync(directory, { recursive: true });
});
