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
  /** Whether the response of status 200 is a stream of events. */
  stream?: boolean;
  /** Headers of the successful responses: a description of each. */
  headers?: Record<string, string>;
  /** Whether the operation needs no session. */
  open?: boolean;
}

/** Returns one operation of the document. */
export function operation(operationId: string, summary: string, options: OperationOptions): Json {
  const { success, problems, body, parameters, deprecated, stream, headers, open } = options;
  const responses: Json = {};
  for (const [status, [description, component]] of Object.entries(success)) {
    const content = {
      ...(stream && status === "200" && { "text/event-stream": { schema: { type: "string" } } }),
      ...(component && { "application/json": { schema: reference(component) } }),
    };
    responses[status] = {
      description,
      ...(headers && { headers: describeHeaders(headers) }),
      ...(Object.keys(content).length > 0 && { content }),
    };
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

const describeHeaders = (descriptions: Record<string, string>): Json =>
  Object.fromEntries(
    Object.entries(descriptions).map(([name, description]) => [
      name,
      { description, schema: { type: "string" } },
    ]),
  );

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
