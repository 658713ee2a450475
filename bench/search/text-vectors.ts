import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sentencesOf } from "#local/bedrock/embeddings/sentences.ts";
import { createTextEmbedder } from "#local/bedrock/embeddings/text-embedder.ts";

const folder = join(import.meta.dirname, "../../node_modules/.cache/search-vectors");

/**
 * Returns the vectors of texts by the twin's model, by the texts' keys. Keeps them, because 1,400 abstracts take minutes, for as
 * long as the model reads the same sentences.
 */
export async function vectorsOf(
  texts: ReadonlyMap<string, string>,
): Promise<Map<string, Float32Array>> {
  const hash = createHash("sha256").update(
    JSON.stringify(Array.from(texts, ([key, text]) => [key, sentencesOf(text)])),
  );
  const path = join(folder, hash.digest("hex"));
  const keys = [...texts.keys()];
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const embedder = createTextEmbedder();
    const all: number[] = [];
    for (const text of texts.values()) all.push(...(await embedder.embed(text)));
    await embedder.close();
    writeFileSync(path, new Uint8Array(Float32Array.from(all).buffer));
  }
  const bytes = readFileSync(path);
  const numbers = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return new Map(keys.map((key, index) => [key, numbers.slice(index * 512, index * 512 + 512)]));
}
