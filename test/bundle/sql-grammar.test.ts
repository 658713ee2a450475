import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { createFunctionBuilds } from "#local/builds/function-builds.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";

type Chunk = typeof import("#lib/tools/sql-query/answer-query.ts");

const root = join(import.meta.dirname, "../..");
const functions = ["chat-stream", "turn-run"];

beforeAll(async () => {
  await createFunctionBuilds(functions).start();
}, 180_000);

it.each(functions)("%s parses SQL with the grammar beside its bundle", async (name) => {
  const { outputs } = JSON.parse(await readFile(join(root, "dist", `${name}.meta.json`), "utf8"));
  const path = Object.keys(outputs).find(
    (output) => outputs[output].entryPoint === "lib/tools/sql-query/answer-query.ts",
  );
  const { answerQuery }: Chunk = await import(join(root, path ?? ""));
  const parts = {
    schema: { name: "sales", views: [{ name: "orders", columns: [{ name: "id", type: "int" }] }] },
    address: () => Promise.reject(new Error("The query must not reach the database.")),
    telemetry: recordingTelemetry().telemetry,
  };
  const answer = (sql: string) => answerQuery(sql, parts, AbortSignal.timeout(5_000));
  await expect(answer("select * from order")).rejects.toThrow('at or near "order", in line 1');
  await expect(answer("select ids from orders")).rejects.toThrow("Did you mean id?");
});
