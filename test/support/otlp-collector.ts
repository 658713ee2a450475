import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import * as v from "valibot";
import { createGate, type Gate } from "#local/bedrock/script.ts";
import { listen } from "#local/http/listen.ts";
import { readBody } from "#local/http/read-body.ts";

const Attributes = v.pipe(
  v.array(
    v.object({
      key: v.string(),
      value: v.union([
        v.object({ stringValue: v.string() }),
        v.object({ intValue: v.number() }),
        v.object({ doubleValue: v.number() }),
        v.object({ boolValue: v.boolean() }),
      ]),
    }),
  ),
  v.transform((list) =>
    Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]])),
  ),
);

const hex = (digits: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${digits}}$`)));
const unixNanoseconds = v.pipe(
  v.string(),
  v.regex(/^\d{19}$/),
  v.transform((text) => BigInt(text)),
);

const Span = v.object({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: v.optional(hex(16)),
  name: v.string(),
  kind: v.picklist([1, 3]),
  startTimeUnixNano: unixNanoseconds,
  endTimeUnixNano: unixNanoseconds,
  attributes: Attributes,
  status: v.object({ code: v.picklist([0, 2]) }),
});
export type CollectedSpan = v.InferOutput<typeof Span>;

/** The JSON of OTLP 1.x: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
const ExportRequest = v.object({
  resourceSpans: v.tuple([
    v.object({
      resource: v.object({ attributes: Attributes }),
      scopeSpans: v.tuple([v.object({ spans: v.array(Span) })]),
    }),
  ]),
});

interface CollectedTrace {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  resource: Record<string, unknown>;
  spans: CollectedSpan[];
}

/**
 * Starts a collector of traces, which decodes what it gets and throws for what is no OTLP. `hold` lets the next request wait
 * for its response, `answer` changes how all are answered.
 */
export async function startOtlpCollector() {
  const received: CollectedTrace[] = [];
  let gate: Gate | undefined;
  let answer = accept;
  const server = await listen(async (request, response) => {
    const text = (await readBody(request, 1024 * 1024))?.toString() ?? "";
    const [{ resource, scopeSpans }] = v.parse(ExportRequest, JSON.parse(text)).resourceSpans;
    const { url: path = "", headers } = request;
    received.push({
      ...{ path, headers, text },
      ...{ resource: resource.attributes, spans: scopeSpans[0].spans },
    });
    const held = gate;
    gate = undefined;
    const left = new AbortController();
    response.once("close", () => left.abort());
    // A client that gives up gets no response.
    await held?.wait(left.signal).catch(() => {});
    answer(response);
  });
  return {
    ...server,
    received,
    /** Spans of all requests about a turn. */
    spansOf: (turnId: string) =>
      received.flatMap(({ spans }) =>
        spans.filter(({ traceId }) => traceId === turnId.replaceAll("-", "")),
      ),
    hold(): Gate {
      gate = createGate();
      return gate;
    },
    answer(how: (response: ServerResponse) => void): void {
      answer = how;
    },
    reset(): void {
      received.splice(0);
      answer = accept;
    },
  };
}

const accept = (response: ServerResponse): void => {
  response.writeHead(200, { "content-type": "application/json" }).end("{}");
};
