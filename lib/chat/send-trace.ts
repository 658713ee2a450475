import http from "node:http";
import https from "node:https";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { assembleTrace } from "#lib/conversations/assemble-trace.ts";
import type { Packing } from "#lib/conversations/packed-trace.ts";
import { selectTrace } from "#lib/conversations/select-trace.ts";
import type { TraceRow } from "#lib/conversations/stored-trace.ts";
import { unpackAttempts } from "#lib/conversations/unpack-trace.ts";
import type { Config } from "#lib/platform/config.ts";
import type { Database } from "#lib/platform/postgres.ts";
import type { Secrets } from "#lib/platform/secrets.ts";
import { otlpHeadersOf } from "./otlp-headers.ts";
import type { SendTrace } from "./trace-export.ts";
import { spansOf } from "./trace-spans.ts";

interface SendTraceOptions {
  config: Pick<Config, "hasOtlpHeaders" | "otlpEndpoint" | "secretPrefix" | "version">;
  database: Database;
  secrets: Pick<Secrets, "secretOf">;
  packing: Packing;
}

/**
 * Returns a function that reads a turn's trace, which costs one database request, and sends the attempt's part of it to the
 * collector. Reading it instead of using what the runner remembers has two reasons: only the database knows of attempts whose
 * runner has died, and its clock is the only one that all attempts share.
 *
 * Takes the row as it is. The schema, and everything else that a cold start loads, would be split out of that code if this
 * code imported it, and each start would load 1.5 KB more.
 */
export function createSendTrace({
  config,
  database,
  secrets,
  packing,
}: SendTraceOptions): SendTrace {
  const resource = resourceFromAttributes({
    // `enterprise-agentic-ai` for stage prod, otherwise with the stage behind it.
    "service.name": config.secretPrefix.replaceAll("/", "-"),
    "service.version": config.version,
  });
  const url = `${config.otlpEndpoint?.replace(/\/+$/, "")}/v1/traces`;
  const readHeaders = config.hasOtlpHeaders ? otlpHeadersOf(secrets) : async () => ({});
  return async (turn, signal) => {
    const [[row], headers] = await Promise.all([database.query(selectTrace(turn)), readHeaders()]);
    signal.throwIfAborted();
    // The conversation has been deleted.
    if (row === undefined) return;
    const { attempts, model } = row as { attempts: unknown[][]; model: string | null };
    const unpacked = { ...row, attempts: unpackAttempts(attempts, model, packing) };
    const trace = assembleTrace(unpacked as unknown as TraceRow);
    await post(spansOf(trace, turn, resource), { url, headers, signal });
  };
}

/** The signal ends an export sooner. */
const timeoutMillis = 2_000;

/** @throws Error without the collector's address and without its words, which the log must not hold */
async function post(
  spans: ReadableSpan[],
  { url, headers, signal }: { url: string; headers: Record<string, string>; signal: AbortSignal },
): Promise<void> {
  // A connection does not outlive its export: Lambda may freeze the instance until the collector has closed it.
  const agent = url.startsWith("https:") ? new https.Agent() : new http.Agent();
  const exporter = new OTLPTraceExporter({
    ...{ url, headers, timeoutMillis },
    httpAgentOptions: () => agent,
  });
  const stop = () => agent.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      exporter.export(spans, ({ code, error }) => {
        if (code === 0) resolve();
        else reject(new Error(`The collector did not take the trace: ${reasonOf(error)}.`));
      });
    });
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

/** The status of the response, the code of a network error, or a word of the exporter's. */
function reasonOf(error: Error | undefined): string {
  if (error && "code" in error && error.code !== undefined) return String(error.code);
  return error?.name === "OTLPExporterError" ? "busy" : "unreachable";
}
