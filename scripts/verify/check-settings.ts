import { type Check, expectStatus, expectThat } from "./run-checks.ts";
import { expectEnd } from "./stream-expectations.ts";
import { readAllEvents, retryAfter429, type VerifyClient } from "./verify-client.ts";

/**
 * Checks what a person may set for all conversations and for one. `conversation` exists before. `client` is logged in.
 * @param answersOfAllModels each offered model must answer one short message, which costs money
 */
export function settingsChecks(
  client: VerifyClient,
  conversation: { id: string },
  answersOfAllModels: boolean,
): Check[] {
  const setModel = (model: string | null) =>
    client.change("PATCH", `/api/v1/conversations/${conversation.id}`, { settings: { model } });
  return [
    {
      name: "the person's settings are kept",
      async run() {
        const path = "/api/v1/settings";
        const instructions = "Be brief.";
        await client.change("PATCH", path, { instructions });
        const kept = await client.get(path);
        await client.change("PATCH", path, { instructions: "" });
        expectThat(kept.instructions === instructions, "the instructions are not kept");
        return "kept, and removed again";
      },
    },
    {
      name: "a conversation takes each offered model, and no other",
      async run() {
        const models = await offeredModels(client);
        for (const model of models) {
          const { settings } = await setModel(model);
          expectThat(Object(settings).model === model, `the conversation has not taken ${model}`);
        }
        await setModel(null);
        const other = await retryAfter429(() =>
          client.sendJson(
            `/api/v1/conversations/${conversation.id}`,
            { settings: { model: "no-such-model" } },
            {},
            "PATCH",
          ),
        );
        expectStatus(other, 400);
        return models.join(", ");
      },
    },
    {
      name: "each offered model answers",
      async run() {
        if (!answersOfAllModels) return "skipped: only with --all-models, because it costs money";
        const models = await offeredModels(client);
        for (const model of models) {
          await setModel(model);
          const { streamUrl } = await client.post("Say hello.", conversation.id);
          const events = await readAllEvents(await client.stream(streamUrl));
          expectEnd(events, "done");
          const answered = events.at(-1)?.data.model;
          expectThat(answered === model, `${answered} has answered instead of ${model}`);
        }
        await setModel(null);
        return models.join(", ");
      },
    },
  ];
}

async function offeredModels(client: VerifyClient): Promise<string[]> {
  const { models } = await client.get("/api/me");
  const ids = Array.isArray(models) ? models.map(({ id }) => String(id)) : [];
  expectThat(ids.length > 0, "no model is offered");
  return ids;
}
