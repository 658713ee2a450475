import type { LambdaHost } from "#local/lambda/lambda-host.ts";
import { ResponseBody } from "#local/lambda/response-body.ts";
import type { FunctionResponse } from "#local/lambda/sandbox.ts";

type Answer = FunctionResponse | Promise<FunctionResponse>;

/** Stands in for the functions behind a door: keeps their events, answers as told. */
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

/** A stream that a test writes, with its prelude; `asked` counts how often more was asked for. */
export function streamed(prelude?: object) {
  const state = { asked: 0 };
  const body = new ResponseBody(() => {
    state.asked += 1;
  });
  if (prelude) body.push(Buffer.from(`${JSON.stringify(prelude)}${"\0".repeat(8)}`));
  return {
    answer: { kind: "streamed", body } satisfies FunctionResponse,
    state,
    write: (text: string) => body.push(Buffer.from(text)),
    end: (error?: Error) => body.end(error),
  };
}
