import { AnswerBody } from "#local/lambda/answer-body.ts";
import type { LambdaHost } from "#local/lambda/lambda-host.ts";
import type { FunctionAnswer } from "#local/lambda/sandbox.ts";

type Answer = FunctionAnswer | Promise<FunctionAnswer>;

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

export function buffered(response: object): FunctionAnswer {
  return { kind: "buffered", payload: JSON.stringify(response) };
}

/** A stream that a test writes, with its prelude; `asked` counts how often more was asked for. */
export function streamed(prelude?: object) {
  const state = { asked: 0 };
  const body = new AnswerBody(() => {
    state.asked += 1;
  });
  if (prelude) body.push(Buffer.from(`${JSON.stringify(prelude)}${"\0".repeat(8)}`));
  return {
    answer: { kind: "streamed", body } satisfies FunctionAnswer,
    state,
    write: (text: string) => body.push(Buffer.from(text)),
    end: (error?: Error) => body.end(error),
  };
}
