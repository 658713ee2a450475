import { resolve } from "node:path";
import * as v from "valibot";
import { budgetFaults } from "#lib/budget/turn-budget.ts";
import { ConfigError, ownPrefixes, readConfig } from "#lib/platform/config.ts";
import { variablesOf } from "./variables-of.ts";

const Settings = v.object({
  PORT: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,5}$/, "must be a port number, like 3000"),
      v.transform(Number),
      v.maxValue(
        65_533,
        "must be at most 65533: the function URL and the bucket take the two ports after it",
      ),
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
  DEMO_LIBRARY: v.optional(v.picklist(["on", "off"], "must be on or off"), "on"),
});

/** The settings that only the twin reads. */
export const twinSettingNames = Object.keys(Settings.entries);

/** Every setting that a deployed function reads. */
export const functionVariables = variablesOf(readConfig);

/** The twin reads these to choose the model. They have an effect only with the real Bedrock. */
const modelVariables = [
  ...["AWS_REGION", "BEDROCK_MODEL_ID", "BEDROCK_FALLBACK_MODEL_ID", "BEDROCK_MODEL_CHOICES"],
];

/** The twin sets these for its functions and cannot work with other values. */
const twinVariables = [
  "SECRET_PREFIX",
  "RATE_LIMIT_TABLE",
  "TURN_RUN_FUNCTION",
  "DOCUMENT_BUCKET",
  "DOCUMENT_INGEST_FUNCTION",
  ...functionVariables.filter((name) => name.startsWith("LOCAL_")),
];

/** Variables that `readConfig` requires and the twin sets itself. */
const required = { ENVIRONMENT: "local", AWS_REGION: "us-east-1", RATE_LIMIT_TABLE: "rate-limit" };

type Environment = Record<string, string | undefined>;

/** The settings of `npm start`. */
export interface TwinSettings {
  port: number;
  /** Absolute path. */
  dataDirectory: string;
  modelProvider: string;
  /** Undefined means the twin's own password. */
  password: string | undefined;
  /** The pages of this project's documentation that become documents of the site. */
  library: "all" | undefined;
  /** Settings of the functions that the user has set. */
  environment: Record<string, string>;
}

/** Returns the settings of `npm start`. @throws Error whose message lists every invalid setting with its reason */
export function readSettings(environment: Environment): TwinSettings {
  const parsed = v.safeParse(Settings, environment);
  const passed = functionSettingsIn(environment);
  const faults = [
    ...(parsed.issues ?? []).map((issue) => `${v.getDotPath(issue)} ${issue.message}`),
    ...functionFaults(passed),
    ...reservedFaults(environment),
  ];
  if (!parsed.success || faults.length > 0) {
    throw settingsError(faults);
  }
  const { PORT, LOCAL_DATA_DIR, MODEL_PROVIDER, DEMO_PASSWORD, DEMO_LIBRARY } = parsed.output;
  return {
    port: PORT,
    dataDirectory: resolve(LOCAL_DATA_DIR),
    modelProvider: MODEL_PROVIDER,
    password: DEMO_PASSWORD,
    library: DEMO_LIBRARY === "on" && passed.DOCUMENTS !== "off" ? "all" : undefined,
    environment: passed,
  };
}

/**
 * Checks the budgets with the prices of the models, which are known once the model is chosen. The functions would refuse to start.
 * @throws Error whose message has one sentence for each reason why no turn could run
 */
export function refuseUnusableBudgets(environment: Environment): void {
  const faults = budgetFaults(readConfig(environment));
  if (faults.length > 0) throw settingsError(faults);
}

/** Returns one sentence for each variable that resembles a setting but is none, or has no effect here. */
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
  const models = modelVariables.filter((name) => name.startsWith("BEDROCK_"));
  const idle = modelProvider === "bedrock" ? [] : models.filter((name) => names.includes(name));
  return [
    ...unknown,
    ...idle.map((name) => `${name} has no effect: the functions do not call Bedrock.`),
  ];
}

const settingsError = (faults: string[]) =>
  new Error(
    [
      "These settings are not valid (see docs/reference/settings.md):",
      ...faults.map((fault) => `  ${fault}`),
    ].join("\n"),
  );

function functionSettingsIn(environment: Environment): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of functionVariables) {
    const value = environment[name];
    const isOurs = name === "ENVIRONMENT" || [...modelVariables, ...twinVariables].includes(name);
    if (value !== undefined && !isOurs) passed[name] = value;
  }
  return passed;
}

/** Validates with the functions' own `readConfig`, and returns its messages. */
function functionFaults(passed: Record<string, string>): string[] {
  try {
    readConfig({ ...required, ...passed });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return [...error.faults];
    throw error;
  }
}

function reservedFaults(environment: Environment): string[] {
  const faults = twinVariables
    .filter((name) => environment[name] !== undefined)
    .map((name) => `${name} cannot be set: the twin sets it for its functions`);
  const stage = environment.ENVIRONMENT;
  if (stage !== undefined && stage !== "local") {
    faults.push("ENVIRONMENT must be local, or not set");
  }
  return faults;
}

/** Whether the Levenshtein distance of the two names is at most 2. Short names never match. */
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
