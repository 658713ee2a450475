import { S3Refusal } from "./refusal.ts";

export interface ByteRange {
  first: number;
  /** Included. */
  last: number;
}

/**
 * Returns the range of a `Range` header (RFC 9110, 14.1.2). Undefined means the whole object: without the header, and for
 * a header that S3 ignores, which is a malformed one or one with several ranges.
 * @throws S3Refusal if the object has no byte in the range
 */
export function readRange(header: string | undefined, bytes: number): ByteRange | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  const first = from === "" ? Math.max(0, bytes - Number(to)) : Number(from);
  const last = from === "" || to === "" ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;
  if (first >= bytes || (from === "" && Number(to) === 0)) {
    throw new S3Refusal(416, "InvalidRange", "The requested range is not satisfiable", {
      RangeRequested: header ?? "",
      ActualObjectSize: bytes,
    });
  }
  return { first, last };
}
