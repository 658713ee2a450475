import * as v from "valibot";
import type { ClientTool } from "#lib/contract/client-tool.ts";
import { modelSchema } from "#lib/mcp/model-schema.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { isJsonObject, type JsonObject } from "#lib/platform/json.ts";
import { storableText } from "#lib/platform/storable-text.ts";
import { modelName } from "./model-name.ts";
import { ownToolNames } from "./own-tool-names.ts";
import type { Tool } from "./tool.ts";

/** A tool as a program's request declares it. */
export interface DeclaredTool {
  name: unknown;
  description?: unknown;
  /** A JSON schema of an object. Without one the tool takes no arguments. */
  parameters?: unknown;
}

const maxTools = 16;
const maxSchemaBytes = 8 * 1024;
/** Names, descriptions and schemas. With this system's own tools they stay below `maxToolBytes` of the budget. */
export const maxClientToolBytes = 24 * 1024;

/**
 * Returns the tools that a program declares with its message. They may come in any number of requests: each turn has its own.
 * @param field the name of the list in the program's request
 * @throws HttpProblem 400 that names the faulty entry, counted from 0
 */
export function readClientTools(declared: readonly DeclaredTool[], field: string): ClientTool[] {
  const refuse = (path: string, sentence: string): never => {
    throw new HttpProblem("bad_request", 400, `${path} ${sentence}.`, { field: path });
  };
  if (declared.length > maxTools) refuse(field, `must have at most ${maxTools} tools`);
  const names = new Set<string>();
  let bytes = 0;
  return declared.map(({ name, description = "", parameters = {} }, index) => {
    const path = `${field}.${index}`;
    if (typeof name !== "string" || !/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
      return refuse(`${path}.name`, "must have 1 to 64 letters, digits, _ and -");
    }
    if (ownToolNames.has(modelName(name))) {
      return refuse(`${path}.name`, "is the name of a tool of this service");
    }
    if (names.has(modelName(name))) {
      return refuse(`${path}.name`, "is the name of an earlier tool of the list; - counts as _");
    }
    names.add(modelName(name));
    if (typeof description !== "string") return refuse(`${path}.description`, "must be a text");
    if (!isJsonObject(parameters) || !isObjectSchema(parameters)) {
      return refuse(`${path}.parameters`, "must be a JSON schema of an object");
    }
    const schemaBytes = Buffer.byteLength(JSON.stringify(parameters));
    if (schemaBytes > maxSchemaBytes) {
      return refuse(`${path}.parameters`, `must have at most ${maxSchemaBytes / 1024} KB of JSON`);
    }
    const schema = modelSchema(parameters);
    if (schema === undefined) {
      return refuse(
        `${path}.parameters`,
        "requires an argument whose name no model can write: use letters, digits, _, - and .",
      );
    }
    const ofModel = Buffer.byteLength(JSON.stringify(schema));
    bytes += name.length + Buffer.byteLength(description) + Math.max(schemaBytes, ofModel);
    if (bytes > maxClientToolBytes) {
      refuse(field, `must have at most ${maxClientToolBytes / 1024} KB in all`);
    }
    return { name, description: storableText(description), parameters };
  });
}

/** A schema without a type takes any value, so also an object. */
const isObjectSchema = ({ type = "object", properties = {} }: JsonObject): boolean =>
  type === "object" && isJsonObject(properties);

/** Returns the tools as the model knows them. The gate parks their calls; nothing here runs them. */
export const toTools = (declared: readonly ClientTool[]): Tool[] =>
  declared.map(({ name, description, parameters }) => ({
    name: modelName(name),
    clientName: name,
    // Bedrock refuses a blank description.
    description: description.trim() === "" ? name : description,
    input: v.custom<JsonObject>(isJsonObject, "must be a JSON object"),
    inputJsonSchema: modelSchema(parameters) ?? { type: "object", properties: {} },
    effect: "write",
    run() {
      throw new Error("The program that declared this tool runs it.");
    },
  }));
