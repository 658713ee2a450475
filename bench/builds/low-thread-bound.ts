import { cpSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Build } from "./build.ts";

/**
 * Copies chat-stream's bundle and lets the copy accept any THREAD_TOKENS. The product refuses less than 40,000, because
 * one turn may add that much. The benchmark's turns add about 100 tokens each.
 * @throws Error if the bundle does not have the bound
 */
export function withoutThreadBound(build: Build, folder: string): Build {
  const copy = join(folder, `${build.name}-low-bound`);
  for (const name of ["chat-stream", "login"]) {
    cpSync(join(build.root, "dist", name), join(copy, "dist", name), { recursive: true });
  }
  const bound = /("THREAD_TOKENS",\{default:[\w$]+,min:)[\w$]+/;
  const files = globSync(join(copy, "dist/*/*.mjs"));
  const bounded = files.filter((file) => bound.test(readFileSync(file, "utf8")));
  if (bounded.length === 0) throw new Error("The bundle has no bound of THREAD_TOKENS.");
  for (const file of bounded) {
    writeFileSync(file, readFileSync(file, "utf8").replace(bound, "$11"));
  }
  return { ...build, bundles: join(copy, "dist") };
}
