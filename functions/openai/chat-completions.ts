import { OpenAiChatRequest } from "#lib/contract/openai.ts";
import { openAiError } from "#lib/facades/facade-problem.ts";
import { readChatCompletionsRequest } from "#lib/facades/openai-chat-completions-request.ts";
import {
  baseOf,
  chatCompletionOf,
  createChatCompletionEncoder,
} from "#lib/facades/openai-chat-completions-stream.ts";
import { idempotencyKeyOf, openTurn } from "#lib/facades/openai-turn.ts";
import { maxHistoryBytes, readIntent } from "#lib/facades/read-intent.ts";
import { wholeAnswer } from "#lib/facades/whole-answer.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { untilRevoked } from "#lib/keys/until-revoked.ts";
import { defineStreamRoute } from "#lib/platform/http/define-route.ts";
import { parseBody } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import { eventStreamResponse } from "#lib/sse/event-stream-response.ts";
import {
  afterAll,
  eventsOf,
  modelOf,
  type OpenAiDependencies,
  ownTurn,
  readWithTools,
} from "./route.ts";

/** `POST /v1/chat/completions`: takes the newest message of a history or outputs of tools, and streams the answer or returns it whole. */
export function createChatCompletionCreate(dependencies: OpenAiDependencies) {
  const { telemetry, postBucket, addressOf } = dependencies;
  return defineStreamRoute("chat-completion-create", telemetry, openAiError)
    .use(requireCredential(dependencies, { cookies: false }))
    .use(parseBody(OpenAiChatRequest, { maxBytes: maxHistoryBytes }))
    .use(readIntent(readWithTools(dependencies, readChatCompletionsRequest)))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(postBucket, addressOf)))
    .handler(async (request, context) => {
      const { caller, body, intent } = request;
      const idempotencyKey = await idempotencyKeyOf(dependencies, caller.owner, request);
      const place = { isKept: true };
      const asked = { caller, intent, place, idempotencyKey, isBackground: false };
      const opened = await openTurn(dependencies, asked);
      const { segment, target, before } = opened;
      const head = {
        segment,
        createdAt: Math.floor(Date.now() / 1000),
        model: modelOf(dependencies, body.model),
      };
      const events = untilRevoked(
        dependencies,
        request,
        eventsOf(dependencies, opened, { request, context }),
      );
      if (body.stream) {
        const base = before && baseOf(before, segment.afterCall ?? 0);
        const includeUsage = body.stream_options?.include_usage === true;
        const encoder = createChatCompletionEncoder(head, { base, includeUsage });
        return eventStreamResponse(events, { encoder });
      }
      return wholeAnswer(
        afterAll(events).then(async () => {
          const { turn } = await ownTurn(dependencies, target.owner, segment);
          return chatCompletionOf(head, turn);
        }),
      );
    });
}
