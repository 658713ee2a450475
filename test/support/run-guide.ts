import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

interface GuideOptions {
  /** The page with the program: its first block of JavaScript. */
  page: string;
  /** Stands for the address that the page has, that of `npm start`. */
  origin: string;
  environment: Record<string, string>;
}

/** Runs the program of a guide as somebody who pastes it. Returns what it prints. */
export async function runGuide({ page, origin, environment }: GuideOptions) {
  const guide = await readFile(new URL(`../../docs/${page}`, import.meta.url), "utf8");
  const [, program] = /^```js\n(.+?)^```$/ms.exec(guide) ?? [];
  if (program === undefined) throw new Error(`docs/${page} has no program.`);
  return promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", program.replaceAll("http://localhost:3000", origin)],
    { env: { ...process.env, ...environment } },
  );
}
