import { resolve } from "node:path";
import * as v from "valibot";

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

/** The settings of `npm start`. */
export interface TwinSettings {
  port: number;
  /** Absolute. */
  dataDirectory: string;
  modelProvider: string;
  /** Undefined: the twin's own, made at its first start. */
  password: string | undefined;
}

/** @throws Error whose message names every faulty setting and what is wrong with it */
export function readSettings(environment: Record<string, string | undefined>): TwinSettings {
  const parsed = v.safeParse(Settings, environment);
  if (!parsed.success) {
    const faults = parsed.issues.map((issue) => `  ${v.getDotPath(issue)} ${issue.message}`);
    throw new Error(
      ["These settings cannot be used (.env.example explains each):", ...faults].join("\n"),
    );
  }
  const { PORT, LOCAL_DATA_DIR, MODEL_PROVIDER, DEMO_PASSWORD } = parsed.output;
  return {
    port: PORT,
    dataDirectory: resolve(LOCAL_DATA_DIR),
    modelProvider: MODEL_PROVIDER,
    password: DEMO_PASSWORD,
  };
}
