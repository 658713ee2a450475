import { hasEnded } from "#lib/chat/has-ended.ts";
import { unknownTurn } from "#lib/chat/open-stream.ts";
import { runTurnsBehind } from "#lib/chat/start-turn-run.ts";
import { joinEvents, storedEndEvent } from "#lib/chat/turn-events.ts";
import type { TurnState } from "#lib/contract/chat.ts";
import { OpenAiResponseQuery } from "#lib/contract/openai.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import type { OwnTurn } from "#lib/conversations/find-own-turn.ts";
import { openAiError } from "#lib/facades/facade-problem.ts";
import { defaultModel } from "#lib/facades/openai-request.ts";
import {
  type ResponseHead,
  responseIdOf,
  responseOfTurn,
  segmentOf,
} from "#lib/facades/openai-response.ts";
import { isBehind, type ResponseSegment } from "#lib/facades/openai-responses-items.ts";
import { createResponsesEncoder } from "#lib/facades/openai-responses-stream.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { untilRevoked } from "#lib/keys/until-revoked.ts";
import { defineStreamRoute } from "#lib/platform/http/define-route.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseQuery } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import { eventStreamResponse } from "#lib/sse/event-stream-response.ts";
import {
  eventsOf,
  modelOf,
  type OpenAiDependencies,
  ownTurn,
  partsOf,
  unknownResponse,
} from "./route.ts";

/** `GET /v1/responses/{id}`: returns a response as it is, or with `stream=true` streams it, and runs its turn if nobody does. */
export function createResponseGet(dependencies: OpenAiDependencies) {
  const { telemetry, getBucket, addressOf } = dependencies;
  return defineStreamRoute("response-get", telemetry, openAiError)
    .use(requireCredential(dependencies, { cookies: false }))
    .use(parseQuery(OpenAiResponseQuery))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(getBucket, addressOf)))
    .handler(async (request, context) => {
      const { owner } = request.caller;
      const { stream, starting_after } = request.query;
      const segment = segmentIn(request);
      const found = await ownTurn(dependencies, owner, segment);
      const { turn } = found;
      const head = headOf(dependencies, segment, found);
      if (stream !== "true") return json(200, responseOfTurn(head, turn));
      const after = starting_after === undefined ? undefined : Number(starting_after);
      const target = { owner, conversationId: turn.conversation_id, turnId: turn.turn_id };
      const isStored = hasEnded(turn) || isBehind(segment, partsOf(turn));
      const events = isStored
        ? storedEvents(turn, request.requestId)
        : eventsOf(
            dependencies,
            { target, segment, claim: await dependencies.claim(target) },
            { request, context },
          );
      return eventStreamResponse(untilRevoked(dependencies, request, events), {
        encoder: createResponsesEncoder(head, { after }),
      });
    });
}

/** `POST /v1/responses/{id}/cancel`: stops the turn of a response, and waits for a moment until its runner has. */
export function createResponseCancel(dependencies: OpenAiDependencies) {
  const { telemetry, stopBucket, addressOf, turns } = dependencies;
  return defineStreamRoute("response-cancel", telemetry, openAiError)
    .use(requireCredential(dependencies, { cookies: false }))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(stopBucket, addressOf)))
    .handler(async (request) => {
      const { owner } = request.caller;
      const segment = segmentIn(request);
      const found = await ownTurn(dependencies, owner, segment);
      const { conversation_id: conversationId, turn_id: turnId } = found.turn;
      const stopped = await turns.stop({ owner, conversationId, turnId });
      if (!stopped) throw unknownTurn();
      await runTurnsBehind(dependencies, owner, stopped);
      const turn = await afterItsEnd(dependencies, owner, stopped);
      return json(200, responseOfTurn(headOf(dependencies, segment, { ...found, turn }), turn));
    });
}

/** `GET /v1/models`: returns the models that a conversation may run with, and the name of the default. */
export function createModelList(dependencies: OpenAiDependencies) {
  const { telemetry, getBucket, addressOf, offeredModelIds } = dependencies;
  return defineStreamRoute("model-list", telemetry, openAiError)
    .use(requireCredential(dependencies, { cookies: false }))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(getBucket, addressOf)))
    .handler(async () =>
      json(200, {
        object: "list",
        data: [...offeredModelIds, defaultModel].map((id) => ({
          ...{ id, object: "model", created: 0, owned_by: "enterprise-agentic-ai" },
        })),
      }),
    );
}

async function* storedEvents(turn: TurnState, requestId: string): AsyncGenerator<StreamEvent> {
  yield* joinEvents(turn);
  if (hasEnded(turn)) yield storedEndEvent(turn, requestId);
}

/** The function URL does not take paths apart, so the id is read from the path itself. */
function segmentIn({ path }: HttpRequest): ResponseSegment {
  const segment = segmentOf(path.split("/")[3] ?? "");
  if (!segment) throw unknownResponse();
  return segment;
}

function headOf(
  dependencies: OpenAiDependencies,
  segment: ResponseSegment,
  { turn, settings }: OwnTurn,
): ResponseHead {
  const parent = turn.parent ? responseIdOf({ turnId: turn.parent }) : null;
  return {
    ...{ segment, conversationId: turn.conversation_id },
    createdAt: Math.floor(Date.parse(turn.created_at) / 1000),
    model: settings.model ?? modelOf(dependencies, defaultModel),
    previousResponseId: segment.afterCall === undefined ? parent : null,
  };
}

const longestStopMs = 3_000;
const pollMs = 200;

/** A runner reads the stop flag once a second. */
async function afterItsEnd(
  { turns }: OpenAiDependencies,
  owner: string,
  stopped: TurnState,
): Promise<TurnState> {
  const { conversation_id: conversationId, turn_id: turnId } = stopped;
  let turn = stopped;
  for (let waited = 0; !hasEnded(turn) && waited < longestStopMs; waited += pollMs) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    turn = (await turns.watch({ owner, conversationId, turnId }))?.turn ?? turn;
  }
  return turn;
}
