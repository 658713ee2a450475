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
  TurnsWaiting: MetricUnit.Count,
  TurnsRecovered: MetricUnit.Count,
  LeaseLost: MetricUnit.Count,
  ModelRetries: MetricUnit.Count,
  ModelUnusable: MetricUnit.Count,
  Citations: MetricUnit.Count,
  Feedback: MetricUnit.Count,
  SummariesFailed: MetricUnit.Count,
  TitlesFailed: MetricUnit.Count,
  TracesNotExported: MetricUnit.Count,
  QuestionsNotEmbedded: MetricUnit.Count,
  ToolApprovals: MetricUnit.Count,
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
  const lines = createLines();

  /** One EMF line has one set of dimensions. Publishing clears dimensions and metrics. */
  function publish({ dimensions, values }: Group): void {
    metrics.addDimensions(dimensions);
    for (const [metric, value] of values) metrics.addMetric(metric, units[metric], value);
    metrics.publishStoredMetrics();
  }

  return {
    info: (event, fields = {}) => lines.add(() => logger.info(event, fields)),
    warn(event, fields = {}) {
      lines.write();
      logger.warn(event, fields);
    },
    error(event, cause, fields = {}) {
      lines.write();
      logger.error(event, { ...fields, error: describeError(cause) });
    },
    measure(metric, value, dimensions = {}) {
      const key = JSON.stringify(dimensions);
      const group = measured.get(key) ?? { dimensions, values: [] };
      group.values.push([metric, value]);
      measured.set(key, group);
    },
    begin(fields) {
      lines.write();
      logger.resetKeys();
      logger.appendKeys(fields);
    },
    flush() {
      for (const group of measured.values()) lines.add(() => publish(group));
      measured.clear();
      lines.write();
    },
  };
}

interface Group {
  dimensions: Record<string, string>;
  values: [MetricName, number][];
}

/** Lines of information may wait for so long. A function that is killed meanwhile loses them. */
const longestWaitMs = 25;

/**
 * Lines that leave together: with the next warning or error, at the end of the request, or after 25 ms. A write takes 0.1 ms,
 * and the next request to a store or a model need not wait for it.
 */
function createLines() {
  let waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;

  function write(): void {
    clearTimeout(timer);
    timer = undefined;
    const lines = waiting;
    waiting = [];
    process.stdout.cork();
    try {
      for (const line of lines) line();
    } finally {
      process.stdout.uncork();
    }
  }

  return {
    add(line: () => void): void {
      waiting.push(line);
      timer ??= setTimeout(write, longestWaitMs);
    },
    write,
  };
}
