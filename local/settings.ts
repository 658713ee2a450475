import { resolve } from "node:path";
import * as v from "valibot";
import { ownPrefixes, readConfig } from "#lib/platform/config.ts";
import { variablesOf } from "./variables-of.ts";

const Settings = v.object({
  PORT: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,5}$/, "must be a port number, like 3000"),
      v.transform(Number),
      v.maxValue(65_534, "must be at most 65534: the function URL takes the port after it"),
    ),
    "3000",
  ),
  LOCAL_DATA_DIR: v.optional(v.pipe(v.string(), v.minLength(1, "is empty")), ".local"),
  DEMO_PASSWORD: v.optional(
    v.pipe(
      v.string(),
      v.minLength(1, "is empty"),
      v.maxLength(256, "must have at most 256 characters"),
    ),
  ),
  MODEL_PROVIDER: v.optional(
    v.picklist(["auto", "bedrock", "ollama", "demo"], "must be auto, bedrock, ollama or demo"),
    "auto",
  ),
});

/** The settings that only the twin reads. */
export const twinSettingNames = Object.keys(Settings.entries);

/** Every setting that a deployed function reads. */
export const functionVariables = variablesOf(readConfig);

/** The choice of the model looks at these: they count where Bedrock answers. */
const modelVariables = ["AWS_REGION", "BEDROCK_MODEL_ID", "BEDROCK_FALLBACK_MODEL_ID"];

/** The twin gives its functions these, and could not work with other ones. */
const twinVariables = [
  "SECRET_PREFIX",
  "RATE_LIMIT_TABLE",
  ...functionVariables.filter((name) => name.startsWith("LOCAL_")),
];

/** What a function cannot do without; it tells `readConfig` nothing about the settings of a person. */
const required = { ENVIRONMENT: "local", AWS_REGION: "us-east-1", RATE_LIMIT_TABLE: "rate-limit" };

type Environment = Record<string, string | undefined>;

/** The settings of `npm start`. */
export interface TwinSettings {
  port: number;
  /** Absolute. */
  dataDirectory: string;
  modelProvider: string;
  /** Undefined: the twin's own, made at its first start. */
  password: string | undefined;
  /** The settings of deployed functions that a person has set. */
  environment: Record<string, string>;
}

/** @throws Error whose message names every faulty setting and what is wrong with it */
export function readSettings(environment: Environment): TwinSettings {
  const parsed = v.safeParse(Settings, environment);
  const passed = passedOn(environment);
  const faults = [
    ...(parsed.issues ?? []).map((issue) => `${v.getDotPath(issue)} ${issue.message}`),
    ...faultsOf(passed),
    ...reserved(environment),
  ];
  if (!parsed.success || faults.length > 0) {
    throw new Error(
      [
        "These settings cannot be used (docs/reference/settings.md explains each):",
        ...faults.map((fault) => `  ${fault}`),
      ].join("\n"),
    );
  }
  const { PORT, LOCAL_DATA_DIR, MODEL_PROVIDER, DEMO_PASSWORD } = parsed.output;
  return {
    port: PORT,
    dataDirectory: resolve(LOCAL_DATA_DIR),
    modelProvider: MODEL_PROVIDER,
    password: DEMO_PASSWORD,
    environment: passed,
  };
}

/** One sentence for each variable that looks like a setting and is none, or has no use here. */
export function unusedSettings(environment: Environment, modelProvider: string): string[] {
  const names = Object.keys(environment).filter((name) => environment[name] !== undefined);
  const known = [...functionVariables, ...Object.keys(Settings.entries)];
  const unknown = names.flatMap((name) => {
    if (known.includes(name)) return [];
    const meant = known.find((one) => isMisspelling(name, one));
    if (meant !== undefined) return [`${name} is not a setting. Did you mean ${meant}?`];
    return ownPrefixes.some((prefix) => name.startsWith(prefix))
      ? [`${name} is not a setting.`]
      : [];
  });
  const models = ["BEDROCK_MODEL_ID", "BEDROCK_FALLBACK_MODEL_ID"];
  const idle = modelProvider === "bedrock" ? [] : models.filter((name) => names.includes(name));
  return [...unknown, ...idle.map((name) => `${name} has no use here: Bedrock does not answer.`)];
}

function passedOn(environment: Environment): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of functionVariables) {
    const value = environment[name];
    const isOurs = name === "ENVIRONMENT" || [...modelVariables, ...twinVariables].includes(name);
    if (value !== undefined && !isOurs) passed[name] = value;
  }
  return passed;
}

/** The words of the functions themselves. */
function faultsOf(passed: Record<string, string>): string[] {
  try {
    readConfig({ ...required, ...passed });
    return [];
  } catch (error) {
    const [, ...lines] = String(error instanceof Error ? error.message : error).split("\n");
    return lines.map((line) => line.trim());
  }
}

function reserved(environment: Environment): string[] {
  const faults = twinVariables
    .filter((name) => environment[name] !== undefined)
    .map((name) => `${name} cannot be set here: the twin gives it to its functions`);
  const stage = environment.ENVIRONMENT;
  if (stage !== undefined && stage !== "local") {
    faults.push("ENVIRONMENT must be local here, or not set");
  }
  return faults;
}

/** Whether two changes of a character, or fewer, make one name of the other. */
function isMisspelling(name: string, known: string): boolean {
  if (Math.min(name.length, known.length) < 8) return false;
  let previous = Array.from({ length: known.length + 1 }, (_, index) => index);
  for (const [row, character] of [...name].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...known].entries()) {
      const replaced = (previous[column] ?? 0) + (character === other ? 0 : 1);
      const removed = (previous[column + 1] ?? 0) + 1;
      const added = (current[column] ?? 0) + 1;
      current.push(Math.min(replaced, removed, added));
    }
    previous = current;
  }
  return (previous.at(-1) ?? 0) <= 2;
}
