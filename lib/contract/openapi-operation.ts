import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";

export type Json = Record<string, unknown>;

interface OperationOptions {
  /** By HTTP status: a description, and the schema component of the body if there is one. */
  success: Record<number, [description: string, component?: string]>;
  problems: number[];
  body?: string;
  parameters?: Json[];
  deprecated?: boolean;
  stream?: boolean;
  /** Whether the operation needs no session. */
  open?: boolean;
}

/** Returns one operation of the document. */
export function operation(operationId: string, summary: string, options: OperationOptions): Json {
  const { success, problems, body, parameters, deprecated, stream, open } = options;
  const responses: Json = {};
  for (const [status, [description, component]] of Object.entries(success)) {
    const content = {
      ...(stream && component && { "text/event-stream": { schema: { type: "string" } } }),
      ...(component && { "application/json": { schema: reference(component) } }),
    };
    responses[status] = { description, ...(component && { content }) };
  }
  for (const status of problems) {
    responses[status] = {
      description: "A problem (RFC 9457)",
      content: { "application/problem+json": { schema: reference("Problem") } },
    };
  }
  return {
    operationId,
    summary,
    ...(deprecated && { deprecated }),
    security: open ? [] : [{ session: [] }, { bearer: [] }],
    ...(parameters && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: { "application/json": { schema: reference(body) } },
      },
    }),
    responses,
  };
}

const reference = (component: string): Json => ({ $ref: `#/components/schemas/${component}` });

type ObjectSchema = v.GenericSchema & { entries: Record<string, v.GenericSchema> };

export const queryParameters = (schema: ObjectSchema): Json[] => parametersIn("query", schema);
export const pathParameters = (schema: ObjectSchema): Json[] => parametersIn("path", schema);

function parametersIn(location: "query" | "path", schema: ObjectSchema): Json[] {
  return Object.entries(schema.entries).map(([name, entry]) => ({
    name,
    in: location,
    required: entry.type !== "optional",
    schema: jsonSchema(entry),
  }));
}

/** Returns the JSON Schema of what a client may send. Leaves out checks that JSON Schema cannot express. */
export function jsonSchema(schema: v.GenericSchema): Json {
  const { $schema: _, ...rest } = toJsonSchema(schema, { errorMode: "ignore", typeMode: "input" });
  return rest as Json;
}
