import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/**
 * Returns one of the character maps that PDF files of Chinese, Japanese and Korean text name and do not hold (ISO 32000-2, 9.7.5.2).
 * In a bundle, `character-maps-inside` of `esbuild.plugins.mjs` puts the maps in place of this file.
 */
export async function readCharacterMap(filename: string): Promise<Uint8Array> {
  const require = createRequire(import.meta.url);
  return new Uint8Array(await readFile(require.resolve(`pdfjs-dist/cmaps/${filename}`)));
}
