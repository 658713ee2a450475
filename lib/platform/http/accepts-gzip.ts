import { readAccept } from "./read-accept.ts";

/** Returns whether an Accept-Encoding header allows gzip (RFC 9110, section 12.5.3). Without the header: false. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const codings = readAccept(acceptEncoding ?? "");
  const named = codings.find(({ name }) => name === "gzip" || name === "x-gzip");
  const any = codings.find(({ name }) => name === "*");
  return ((named ?? any)?.quality ?? 0) > 0;
}
