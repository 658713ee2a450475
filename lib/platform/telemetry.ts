import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { describeError } from "./describe-error.ts";

type Fields = Record<string, string | number | boolean | null | undefined>;

/** Every metric of the system with its unit. Use few dimensions, because AWS bills each combination. */
const units = {
  Requests: MetricUnit.Count,
  Errors4xx: MetricUnit.Count,
  Errors5xx: MetricUnit.Count,
  Latency: MetricUnit.Milliseconds,
  TimeToFirstToken: MetricUnit.Milliseconds,
  TurnDuration: MetricUnit.Milliseconds,
  InputTokens: MetricUnit.Count,
  CacheReadTokens: MetricUnit.Count,
  CacheWriteTokens: MetricUnit.Count,
  OutputTokens: MetricUnit.Count,
  CostUsd: MetricUnit.NoUnit,
  TurnsAccepted: MetricUnit.Count,
  TurnsDone: MetricUnit.Count,
  TurnsFailed: MetricUnit.Count,
  TurnsStopped: MetricUnit.Count,
  TurnsRecovered: MetricUnit.Count,
  LeaseLost: MetricUnit.Count,
  ModelRetries: MetricUnit.Count,
  ModelUnusable: MetricUnit.Count,
  SummariesFailed: MetricUnit.Count,
  ToolCalls: MetricUnit.Count,
  ToolErrors: MetricUnit.Count,
  ToolDuration: MetricUnit.Milliseconds,
  RateLimited: MetricUnit.Count,
  RateLimiterUnavailable: MetricUnit.Count,
  RateLimiterLatency: MetricUnit.Milliseconds,
  LoginSuccess: MetricUnit.Count,
  LoginFailure: MetricUnit.Count,
  DatabaseUnavailable: MetricUnit.Count,
  DatabaseNeedsOperator: MetricUnit.Count,
  DatabaseUsedPercent: MetricUnit.Percent,
  ConversationsExpired: MetricUnit.Count,
} as const;
export type MetricName = keyof typeof units;

/** Logs and metrics for the people who operate the system. */
export interface Telemetry {
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  /** Logs the cause. A client never sees it. */
  error(event: string, cause: unknown, fields?: Fields): void;
  measure(metric: MetricName, value: number, dimensions?: Record<string, string>): void;
}

/** Telemetry of one request at a time: `begin` sets the fields of its log lines, `flush` sends its metrics. */
export interface RequestTelemetry extends Telemetry {
  begin(fields: Fields): void;
  flush(): void;
}

/**
 * Returns telemetry that writes Powertools' JSON log lines and EMF metrics, in the namespace `AgenticChat`. Powertools
 * reads the dimension `service`, which separates the stages of one account, from POWERTOOLS_SERVICE_NAME.
 * Callers log ids, counts and durations, never a message, password, cookie, token, address or URL.
 */
export function createTelemetry(service: string): RequestTelemetry {
  const logger = new Logger({ serviceName: service });
  const metrics = new Metrics({ namespace: "AgenticChat" });
  const measured = new Map<string, Group>();
  return {
    info: (event, fields = {}) => logger.info(event, fields),
    warn: (event, fields = {}) => logger.warn(event, fields),
    error: (event, cause, fields = {}) =>
      logger.error(event, { ...fields, error: describeError(cause) }),
    measure(metric, value, dimensions = {}) {
      const key = JSON.stringify(dimensions);
      const group = measured.get(key) ?? { dimensions, values: [] };
      group.values.push([metric, value]);
      measured.set(key, group);
    },
    begin(fields) {
      logger.resetKeys();
      logger.appendKeys(fields);
    },
    flush() {
      // One EMF line has one set of dimensions. Publishing clears dimensions and metrics.
      for (const { dimensions, values } of measured.values()) {
        metrics.addDimensions(dimensions);
        for (const [metric, value] of values) metrics.addMetric(metric, units[metric], value);
        metrics.publishStoredMetrics();
      }
      measured.clear();
    },
  };
}

interface Group {
  dimensions: Record<string, string>;
  values: [MetricName, number][];
}
