import { newestTurn } from "./newest-turn.ts";
import { type Check, expectThat } from "./run-checks.ts";
import { expectEnd } from "./stream-expectations.ts";
import { readAllEvents, type VerifyClient } from "./verify-client.ts";

/** Checks what the system keeps beside an answer. `client` is logged in. */
export function answerChecks(client: VerifyClient): Check[] {
  return [
    {
      name: "an answer has a trace, and takes feedback",
      async run() {
        const { response, conversationId } = await client.chat("Say hello.");
        expectEnd(await readAllEvents(response), "done");
        const { turn_id: turnId } = await newestTurn(client, conversationId);

        const feedback = `/api/v1/feedback/${turnId}`;
        await client.change("PUT", feedback, { value: "up", reason: "Polite." });
        const given = JSON.stringify((await newestTurn(client, conversationId)).feedback);
        expectThat(given === '{"value":"up","reason":"Polite."}', `the feedback is ${given}`);
        await client.change("PUT", feedback, { value: null });
        const { feedback: left } = await newestTurn(client, conversationId);
        expectThat(left === undefined, "the feedback stays after it was taken back");

        const { attempts } = await client.get(`/api/v1/traces/${turnId}`);
        const [attempt] = Array.isArray(attempts) ? attempts : [];
        const spans: Record<string, unknown>[] = attempt?.spans ?? [];
        const model = spans.find(({ kind }) => kind === "model");
        expectThat(attempt?.outcome === "done", `the first attempt is ${attempt?.outcome}`);
        expectThat(model !== undefined, "the trace has no request to a model");
        return `${spans.length} steps, the first word of ${model.model} after ${model.first_token_ms} ms`;
      },
    },
  ];
}
