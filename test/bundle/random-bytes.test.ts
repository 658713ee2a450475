import { join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { bundlePlugins } from "../../esbuild.config.mjs";

/** Makes 1,000 UUIDs as LangGraph names checkpoints. Returns them, and how often they needed random bytes of the system. */
const program = `
  import { v4, v6 } from "@langchain/core/utils/uuid";
  const draw = crypto.getRandomValues.bind(crypto);
  let draws = 0;
  crypto.getRandomValues = (bytes) => {
    draws += 1;
    return draw(bytes);
  };
  export const ids = Array.from({ length: 1_000 }, (_, step) => v6({ clockseq: step % 3 }));
  ids.push(v4({}), v4({}));
  export { draws };`;

it("a bundle makes UUIDs that differ from random bytes drawn in advance", async () => {
  const { outputFiles } = await build({
    absWorkingDir: join(import.meta.dirname, "../.."),
    stdin: { contents: program, resolveDir: join(import.meta.dirname, "../.."), loader: "js" },
    bundle: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    conditions: ["module"],
    plugins: bundlePlugins,
    write: false,
  });
  const source = Buffer.from(outputFiles[0]?.text ?? "").toString("base64");
  const { ids, draws }: { ids: string[]; draws: number } = await import(
    `data:text/javascript;base64,${source}`
  );
  expect(new Set(ids).size).toBe(1_002);
  expect(ids.slice(0, 1_000).every((id) => /^[\da-f-]{14}6[\da-f-]{21}$/.test(id))).toBe(true);
  // 2,048 bytes are 128 UUIDs.
  expect(draws).toBe(Math.ceil(1_002 / 128));
});
