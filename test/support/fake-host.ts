import type { LambdaHost } from "#local/lambda/lambda-host.ts";
import { ResponseBody } from "#local/lambda/response-body.ts";
import type { FunctionResponse } from "#local/lambda/sandbox.ts";

type Answer = FunctionResponse | Promise<FunctionResponse>;

/** Replaces the functions behind the gateway or function URL: records their events, and returns the given response. */
export function fakeHost(answer: (event: unknown) => Answer) {
  const events: unknown[] = [];
  const host: Pick<LambdaHost, "invoke"> = {
    async invoke(_name, event) {
      events.push(event);
      return answer(event);
    },
  };
  return { host, events };
}

export function buffered(response: object): FunctionResponse {
  return { kind: "buffered", payload: JSON.stringify(response) };
}

/** A streamed response that a test writes. `requested` counts how often the reader requested more. */
export function streamed(prelude?: object) {
  const state = { requested: 0 };
  const body = new ResponseBody(() => {
    state.requested += 1;
  });
  if (prelude) body.push(Buffer.from(`${JSON.stringify(prelude)}${"\0".repeat(8)}`));
  return {
    answer: { kind: "streamed", body } satisfies FunctionResponse,
    state,
    write: (text: string) => body.push(Buffer.from(text)),
    end: (error?: Error) => body.end(error),
  };
}
