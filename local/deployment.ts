import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as v from "valibot";
import { parse } from "yaml";

/** One method of one path, as API Gateway has it. */
export interface Route {
  method: string;
  /** With a leading slash and parameters in braces: `/api/v1/conversations/{id}`. */
  path: string;
  functionName: string;
  /** Only with an API key. */
  private: boolean;
  /** API Gateway passes the answer on as it comes. */
  streamed: boolean;
  timeoutMs: number;
}

/** A function that EventBridge calls of its own accord. */
export interface Schedule {
  functionName: string;
  /** As EventBridge has it: `rate(1 day)`. */
  rate: string;
  everyMs: number;
}

export interface DeployedFunction {
  name: string;
  /** `dist/<name>/index.handler`: the bundle's path without extension, and what it exports. */
  handler: string;
  timeoutSeconds: number;
  memoryMb: number;
  hasUrl: boolean;
}

/** Requests per second and at once, and per day, of each API key. */
export interface UsagePlan {
  ratePerSecond: number;
  burst: number;
  perDay: number;
}

/** An answer that API Gateway gives of its own accord. */
export interface GatewayResponse {
  type: string;
  statusCode: number;
  headers: Record<string, string>;
  /** `$context.requestId` stands for the request's id. */
  template: string;
}

export interface Deployment {
  functions: DeployedFunction[];
  routes: Route[];
  schedules: Schedule[];
  usagePlan: UsagePlan;
  gatewayResponses: GatewayResponse[];
}

/** API Gateway's own limit for an answer that is not streamed. */
const integrationTimeoutMs = 29_000;

const Http = v.object({
  method: v.string(),
  path: v.string(),
  private: v.optional(v.boolean(), false),
  timeoutInMillis: v.optional(v.number(), integrationTimeoutMs),
  response: v.optional(v.object({ transferMode: v.picklist(["STREAM", "BUFFERED"]) })),
});

const dayMs = 86_400_000;

/** Nothing is called more often than once a day: it would keep the database awake. */
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
      events: v.optional(v.array(Event), []),
      url: v.optional(v.unknown()),
    }),
  ),
});

const GatewayResponses = v.object({ Resources: v.record(v.string(), GatewayResponseResource) });

/**
 * What `serverless.yml` and `infra/gateway-responses.yml` deploy, as far as the twin stands in for it.
 * @throws Error that names the place in the file which is not as expected
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
