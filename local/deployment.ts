import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as v from "valibot";
import { parse } from "yaml";

/** One method of one path in API Gateway. */
export interface Route {
  method: string;
  /** Leading slash, parameters in braces: `/api/v1/conversations/{id}`. */
  path: string;
  functionName: string;
  /** Requires an API key. */
  private: boolean;
  /** API Gateway streams the response. */
  streamed: boolean;
  timeoutMs: number;
}

/** A function that EventBridge invokes. */
export interface Schedule {
  functionName: string;
  /** EventBridge's notation: `rate(1 day)`. */
  rate: string;
  everyMs: number;
}

export interface DeployedFunction {
  name: string;
  /** `dist/<name>/index.handler`: the bundle's path without extension, and the exported name. */
  handler: string;
  timeoutSeconds: number;
  memoryMb: number;
  hasUrl: boolean;
  /** How often Lambda repeats a failed asynchronous invocation. */
  retryAttempts: number;
  /** How long Lambda keeps the event of an asynchronous invocation. */
  eventAgeSeconds: number;
}

/** The requests that one API key may send. */
export interface UsagePlan {
  ratePerSecond: number;
  burst: number;
  perDay: number;
}

/** A response that API Gateway itself sends. */
export interface GatewayResponse {
  type: string;
  statusCode: number;
  headers: Record<string, string>;
  /** The body. `$context.requestId` is a placeholder for the request's id. */
  template: string;
}

export interface Deployment {
  functions: DeployedFunction[];
  routes: Route[];
  schedules: Schedule[];
  usagePlan: UsagePlan;
  gatewayResponses: GatewayResponse[];
}

/** API Gateway's limit for a response that is not streamed. */
const integrationTimeoutMs = 29_000;

const Http = v.object({
  method: v.string(),
  path: v.string(),
  private: v.optional(v.boolean(), false),
  timeoutInMillis: v.optional(v.number(), integrationTimeoutMs),
  response: v.optional(v.object({ transferMode: v.picklist(["STREAM", "BUFFERED"]) })),
});

const dayMs = 86_400_000;

/** At most once a day. A more frequent schedule would keep the database awake. */
const Rate = v.pipe(v.string(), v.regex(/^rate\(\d+ days?\)$/, "must be a rate in days"));

const Event = v.union([
  v.object({ http: Http }),
  v.object({ schedule: v.object({ rate: v.array(Rate) }) }),
]);

const GatewayResponseResource = v.object({
  Type: v.literal("AWS::ApiGateway::GatewayResponse"),
  Properties: v.object({
    ResponseType: v.string(),
    StatusCode: v.pipe(v.string(), v.transform(Number)),
    ResponseParameters: v.record(v.string(), v.string()),
    ResponseTemplates: v.object({ "application/json": v.string() }),
  }),
});

const ServerlessFile = v.object({
  provider: v.object({
    memorySize: v.number(),
    timeout: v.number(),
    apiGateway: v.object({
      usagePlan: v.object({
        throttle: v.object({ rateLimit: v.number(), burstLimit: v.number() }),
        quota: v.object({ limit: v.number(), period: v.literal("DAY") }),
      }),
    }),
  }),
  functions: v.record(
    v.string(),
    v.object({
      handler: v.string(),
      memorySize: v.optional(v.number()),
      timeout: v.optional(v.number()),
      // Without a value Lambda takes the highest that it allows.
      maximumRetryAttempts: v.optional(v.number(), 2),
      maximumEventAge: v.optional(v.number(), 21_600),
      events: v.optional(v.array(Event), []),
      url: v.optional(v.unknown()),
    }),
  ),
});

const GatewayResponses = v.object({ Resources: v.record(v.string(), GatewayResponseResource) });

/**
 * Returns what the twin needs of `serverless.yml` and `infra/gateway-responses.yml`.
 * @throws Error that names the file and the unexpected value in it
 */
export function readDeployment(root = join(import.meta.dirname, "..")): Deployment {
  const { provider, functions } = readYaml(join(root, "serverless.yml"), ServerlessFile);
  const { Resources } = readYaml(join(root, "infra/gateway-responses.yml"), GatewayResponses);
  const { throttle, quota } = provider.apiGateway.usagePlan;
  return {
    functions: Object.entries(functions).map(([name, settings]) => ({
      name,
      handler: settings.handler,
      timeoutSeconds: settings.timeout ?? provider.timeout,
      memoryMb: settings.memorySize ?? provider.memorySize,
      hasUrl: settings.url !== undefined,
      retryAttempts: settings.maximumRetryAttempts,
      eventAgeSeconds: settings.maximumEventAge,
    })),
    routes: Object.entries(functions).flatMap(([functionName, { events }]) =>
      events.flatMap((event) => ("http" in event ? [readRoute(functionName, event.http)] : [])),
    ),
    schedules: Object.entries(functions).flatMap(([functionName, { events }]) =>
      events.flatMap((event) =>
        "schedule" in event
          ? event.schedule.rate.map((rate) => readSchedule(functionName, rate))
          : [],
      ),
    ),
    usagePlan: {
      ratePerSecond: throttle.rateLimit,
      burst: throttle.burstLimit,
      perDay: quota.limit,
    },
    gatewayResponses: Object.values(Resources).map(readGatewayResponse),
  };
}

function readYaml<Value>(path: string, shape: v.GenericSchema<unknown, Value>): Value {
  const parsed = v.safeParse(shape, parse(readFileSync(path, "utf8"), { merge: true }));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Error(`${basename(path)}: ${v.getDotPath(issue)}: ${issue.message}`);
}

function readRoute(functionName: string, http: v.InferOutput<typeof Http>): Route {
  return {
    functionName,
    method: http.method.toUpperCase(),
    path: `/${http.path}`,
    private: http.private,
    streamed: http.response?.transferMode === "STREAM",
    timeoutMs: http.timeoutInMillis,
  };
}

function readSchedule(functionName: string, rate: string): Schedule {
  return { functionName, rate, everyMs: Number(/\d+/.exec(rate)) * dayMs };
}

function readGatewayResponse({
  Properties,
}: v.InferOutput<typeof GatewayResponseResource>): GatewayResponse {
  const headers = Object.entries(Properties.ResponseParameters).map(([parameter, value]) => [
    parameter.replace("gatewayresponse.header.", ""),
    value.replace(/^'(.*)'$/, "$1"),
  ]);
  return {
    type: Properties.ResponseType,
    statusCode: Properties.StatusCode,
    headers: Object.fromEntries(headers),
    template: Properties.ResponseTemplates["application/json"],
  };
}
