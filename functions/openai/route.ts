import type { MiddlewareObj } from "@middy/core";
import type { Context } from "aws-lambda";
import { hasEnded } from "#lib/chat/has-ended.ts";
import { openStream, unknownTurn } from "#lib/chat/open-stream.ts";
import { runTurnsBehind } from "#lib/chat/start-turn-run.ts";
import { joinEvents, storedEndEvent } from "#lib/chat/turn-events.ts";
import type { TurnState } from "#lib/contract/chat.ts";
import { OpenAiResponseQuery, OpenAiResponseRequest } from "#lib/contract/openai.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import type { OwnTurn } from "#lib/conversations/find-own-turn.ts";
import { answerParts } from "#lib/facades/answer-parts.ts";
import { openAiError } from "#lib/facades/facade-problem.ts";
import { defaultModel, type ReadOptions } from "#lib/facades/openai-request.ts";
import {
  type ResponseHead,
  responseIdOf,
  responseObject,
  responseOfTurn,
  segmentOf,
} from "#lib/facades/openai-response.ts";
import { hasSegment, isBehind, type ResponseSegment } from "#lib/facades/openai-responses-items.ts";
import { readResponsesRequest } from "#lib/facades/openai-responses-request.ts";
import { createResponsesEncoder } from "#lib/facades/openai-responses-stream.ts";
import {
  idempotencyKeyOf,
  type OpenAiTurnDependencies,
  type OpenedTurn,
  openTurn,
} from "#lib/facades/openai-turn.ts";
import { wholeAnswer } from "#lib/facades/whole-answer.ts";
import {
  type RequestWithCredential,
  requireCaller,
  requireCredential,
} from "#lib/keys/require-caller.ts";
import { untilRevoked } from "#lib/keys/until-revoked.ts";
import { defineStreamRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import { type HttpResponse, json } from "#lib/platform/http/http-response.ts";
import { parseBody, parseQuery } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import type { Bucket } from "#lib/rate-limit/bucket.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import { eventStreamResponse } from "#lib/sse/event-stream-response.ts";
import type { TurnRouteDependencies } from "../turn-dependencies.ts";

export type OpenAiDependencies = TurnRouteDependencies &
  OpenAiTurnDependencies & {
    getBucket: Bucket;
    postBucket: Bucket;
    stopBucket: Bucket;
  };

/** Clients send whole histories. Lambda's own limit refuses what is larger. */
export const maxBodyBytes = 6 * 1024 * 1024;

/** `POST /v1/responses`: takes a message or outputs of tools; streams the answer, returns it whole, or runs it in the background. */
export function createResponseCreate(dependencies: OpenAiDependencies) {
  const { telemetry, postBucket, addressOf } = dependencies;
  return defineStreamRoute("response-create", telemetry, openAiError)
    .use(requireCredential(dependencies, { cookies: false }))
    .use(parseBody(OpenAiResponseRequest, { maxBytes: maxBodyBytes }))
    .use(readIntent(dependencies, readResponsesRequest))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(postBucket, addressOf)))
    .handler(async (request, context) => {
      const { caller, body, intent, place } = request;
      const isBackground = body.background === true && body.stream !== true;
      const idempotencyKey = await idempotencyKeyOf(dependencies, caller.owner, request);
      const asked = { caller, intent, place, idempotencyKey, isBackground };
      const opened = await openTurn(dependencies, asked);
      const { segment, target } = opened;
      const head: ResponseHead = {
        ...{ segment, conversationId: target.conversationId, isBackground },
        createdAt: Math.floor(Date.now() / 1000),
        model: modelOf(dependencies, body.model),
        previousResponseId: body.previous_response_id,
      };
      if (isBackground) return json(200, responseObject(head, { status: "queued", output: [] }));
      const events = untilRevoked(
        dependencies,
        request,
        eventsOf(dependencies, opened, { request, context }),
      );
      if (body.stream) {
        return eventStreamResponse(events, { encoder: createResponsesEncoder(head) });
      }
      return wholeAnswer(
        afterAll(events).then(async () => {
          const { turn } = await ownTurn(dependencies, target.owner, segment);
          return responseOfTurn(head, turn);
        }),
      );
    });
}

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

/** Adds what `read` returns to the request, or throws a 400 or a 404. */
export const readIntent = <
  Body extends { tools?: unknown[] | null | undefined },
  Intent extends object,
>(
  { messageLimit, offeredModelIds }: OpenAiDependencies,
  read: (body: Body, options: ReadOptions) => Intent,
): MiddlewareObj<HttpRequest & { body: Body } & Intent, HttpResponse> => ({
  async before({ event }) {
    const readClientTools = event.body.tools?.length
      ? (await import("#lib/tools/client-tools.ts")).readClientTools
      : undefined;
    Object.assign(event, read(event.body, { messageLimit, offeredModelIds, readClientTools }));
  },
});

interface Invocation {
  request: RequestWithCredential;
  context: Context;
}

export function eventsOf(
  dependencies: OpenAiDependencies,
  { target, claim }: OpenedTurn,
  { request, context }: Invocation,
): AsyncIterable<StreamEvent> {
  const events =
    claim &&
    openStream(dependencies, target, claim, {
      requestId: request.requestId,
      remainingMs: () => context.getRemainingTimeInMillis(),
    });
  if (!events) throw unknownTurn();
  return events;
}

async function* storedEvents(turn: TurnState, requestId: string): AsyncGenerator<StreamEvent> {
  yield* joinEvents(turn);
  if (hasEnded(turn)) yield storedEndEvent(turn, requestId);
}

/** Reads a stream to its end, so that its turn runs. @throws HttpProblem if the stream itself has failed */
export async function afterAll(events: AsyncIterable<StreamEvent>): Promise<void> {
  for await (const { event, data } of events) {
    if (event === "error" && (data.retryable || data.type === "unauthorized")) {
      throw new HttpProblem("service_unavailable", data.status, data.detail);
    }
  }
}

const partsOf = (turn: TurnState) => answerParts(turn.result ?? turn.partial ?? "", turn.tools);

/** The function URL does not take paths apart, so the id is read from the path itself. */
function segmentIn({ path }: HttpRequest): ResponseSegment {
  const segment = segmentOf(path.split("/")[3] ?? "");
  if (!segment) throw unknownResponse();
  return segment;
}

export async function ownTurn(
  { findOwnTurn }: OpenAiDependencies,
  owner: string,
  segment: ResponseSegment,
): Promise<OwnTurn> {
  const found = await findOwnTurn(owner, segment.turnId);
  if (!found || !hasSegment(segment, partsOf(found.turn))) throw unknownResponse();
  return found;
}

const unknownResponse = () =>
  new HttpProblem("not_found", 404, "Response not found, or not yours.");

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

export const modelOf = ({ offeredModelIds }: OpenAiDependencies, asked: string): string =>
  asked === defaultModel ? (offeredModelIds[0] ?? asked) : asked;

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
