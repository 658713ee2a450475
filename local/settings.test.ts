import { resolve } from "node:path";
import { expect, test } from "vitest";
import { functionVariables, readSettings, unusedSettings } from "./settings.ts";

test("the defaults are port 3000 and the folder .local", () => {
  expect(readSettings({})).toEqual({
    port: 3000,
    dataDirectory: resolve(".local"),
    modelProvider: "auto",
    password: undefined,
    library: "all",
    environment: {},
  });
});

test.each([{ DEMO_LIBRARY: "off" }, { DOCUMENTS: "off" }])("%o leaves the library empty", (set) => {
  expect(readSettings(set).library).toBeUndefined();
});

test("readSettings reports all faults at once, without the values", () => {
  const faulty = {
    PORT: "http",
    LOCAL_DATA_DIR: "",
    DEMO_PASSWORD: "x".repeat(257),
    MODEL_PROVIDER: "gpt",
    DEMO_LIBRARY: "yes",
  };

  expect(() => readSettings(faulty)).toThrow(
    [
      "  PORT must be a port number, like 3000",
      "  LOCAL_DATA_DIR is empty",
      "  DEMO_PASSWORD must have at most 256 characters",
      "  MODEL_PROVIDER must be auto, bedrock, ollama or demo",
      "  DEMO_LIBRARY must be on or off",
    ].join("\n"),
  );
});

/** Every setting of a function accepts one of these values. */
const usable = [
  "42",
  "500",
  "50000",
  "0.2",
  "local",
  "https://chat.example",
  '{"us.meta.llama4":{"input":0.2,"output":0.9}}',
  '[{"tool":"send_*","policy":"ask"}]',
  '{"team_chat":"https://hooks.example.com/T1"}',
  "7",
  "amazon.titan-embed-text-v2:0",
  '{"web_search":0.005}',
  "amazon",
  "fmp",
  "on",
  "us-east-1",
];
const numbers = functionVariables.filter((name) =>
  /_(SECONDS|DAYS|MINUTE|LIMIT|MEGABYTES|COUNT)$/.test(name),
);

test.each(functionVariables)("npm start accepts %s, or refuses it by name", (name) => {
  const ends = usable.map((value) => {
    const settings = attempt(() => readSettings({ [name]: value }));
    if (settings instanceof Error) return settings.message.includes(`${name} `) ? "refused" : "?";
    if (settings.environment[name] === value) return "passed on";
    // chooseModel reads these from the environment.
    return /^(AWS_REGION|BEDROCK_(FALLBACK_)?MODEL_ID|BEDROCK_MODEL_CHOICES|ENVIRONMENT)$/.test(
      name,
    )
      ? "used"
      : "ignored";
  });
  expect(ends).not.toContain("ignored");
  expect(ends).not.toContain("?");
  const isTwins = attempt(() => readSettings({ [name]: "42" }));
  const isReserved = isTwins instanceof Error && isTwins.message.includes("cannot be set:");
  expect(ends.every((end) => end === "refused")).toBe(isReserved);
});

test.each(numbers)("%s out of its bounds is refused by its name", (name) => {
  for (const value of ["0", "999999999", "ten", ""]) {
    expect(() => readSettings({ [name]: value })).toThrow(name);
  }
});

test("readSettings reports faults of the twin's and of the functions' settings together", () => {
  const read = () => readSettings({ PORT: "http", CHAT_REQUESTS_PER_MINUTE: "1000000" });
  expect(read).toThrow(/PORT must be a port number/);
  expect(read).toThrow(/CHAT_REQUESTS_PER_MINUTE must be a whole number from 1 to 120/);
});

test("readSettings refuses an ENVIRONMENT other than local", () => {
  expect(() => readSettings({ ENVIRONMENT: "aws" })).toThrow("ENVIRONMENT must be local");
});

test.each([
  ["CHAT_REQUEST_PER_MINUTE", "CHAT_REQUESTS_PER_MINUTE"],
  ["MODEL_PROVDER", "MODEL_PROVIDER"],
  ["LOCAL_DATA_DIRR", "LOCAL_DATA_DIR"],
])("unusedSettings reports %s and the setting that it resembles", (name, meant) => {
  expect(unusedSettings({ [name]: "1" }, "demo")).toEqual([
    `${name} is not a setting. Did you mean ${meant}?`,
  ]);
});

test("unusedSettings reports settings without effect, and no variables of other programs", () => {
  const environment = {
    PATH: "/bin",
    AWS_PROFILE: "work",
    SECRET_KEY: "x",
    CHAT_COLOUR: "red",
    BEDROCK_MODEL_ID: "us.amazon.nova-pro-v1:0",
  };
  expect(unusedSettings(environment, "demo")).toEqual([
    "CHAT_COLOUR is not a setting.",
    "BEDROCK_MODEL_ID has no effect: the functions do not call Bedrock.",
  ]);
  expect(unusedSettings({ BEDROCK_MODEL_ID: "x" }, "bedrock")).toEqual([]);
});

function attempt<Value>(act: () => Value): Value | Error {
  try {
    return act();
  } catch (error) {
    return error as Error;
  }
}
