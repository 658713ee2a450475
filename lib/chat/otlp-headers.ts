import { readRequestHeaders } from "#lib/platform/request-headers.ts";
import { unusableSecret } from "#lib/platform/secret-shapes.ts";
import type { Secrets } from "#lib/platform/secrets.ts";

/** Returns a function that reads the headers for the collector of traces, which only some collectors want. */
export const otlpHeadersOf = (secrets: Pick<Secrets, "secretOf">) =>
  secrets.secretOf("otlp-headers", (id, text) => {
    const read = readRequestHeaders(text);
    if ("headers" in read) return read.headers;
    throw unusableSecret(id, read.faults, '{"authorization":"Bearer …"}');
  });
