import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

test("without settings the twin is at port 3000, its data in .local", () => {
  expect(readSettings({})).toEqual({
    port: 3000,
    dataDirectory: resolve(".local"),
    modelProvider: "auto",
    password: undefined,
  });
});

test("all faults are told at once, without repeating what was set", () => {
  const faulty = {
    PORT: "http",
    LOCAL_DATA_DIR: "",
    DEMO_PASSWORD: "x".repeat(257),
    MODEL_PROVIDER: "gpt",
  };

  expect(() => readSettings(faulty)).toThrow(
    [
      "  PORT must be a port number, like 3000",
      "  LOCAL_DATA_DIR is empty",
      "  DEMO_PASSWORD must have at most 256 characters",
      "  MODEL_PROVIDER must be auto, bedrock, ollama or demo",
    ].join("\n"),
  );
});
