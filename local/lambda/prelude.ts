import * as v from "valibot";
import type { ResponseBody } from "./response-body.ts";

/** Status and headers. A streaming function sends them before the body, a buffered function in one object with the body. */
export const ResponseHead = v.object({
  statusCode: v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(599)),
  headers: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])), {}),
  multiValueHeaders: v.optional(v.record(v.string(), v.array(v.string())), {}),
  cookies: v.optional(v.array(v.string()), []),
});
export type ResponseHead = v.InferOutput<typeof ResponseHead>;

/** Eight NUL bytes end the prelude. */
const delimiter = Buffer.alloc(8);

/** Removes the prelude from the body and returns it, or undefined if the body has none. */
export async function readPrelude(body: ResponseBody): Promise<ResponseHead | undefined> {
  let seen = Buffer.alloc(0);
  while (true) {
    const { done, value } = await body.next();
    if (done) return undefined;
    seen = Buffer.concat([seen, value]);
    const end = seen.indexOf(delimiter);
    if (end < 0) continue;
    body.unshift(seen.subarray(end + delimiter.length));
    return parseHead(seen.subarray(0, end).toString());
  }
}

function parseHead(json: string): ResponseHead | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), ResponseHead), json);
  return parsed.success ? parsed.output : undefined;
}
