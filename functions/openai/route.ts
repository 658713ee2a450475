import type { Context } from "aws-lambda";
import { openStream, unknownTurn } from "#lib/chat/open-stream.ts";
import type { TurnState } from "#lib/contract/chat.ts";
import { OpenAiResponseRequest } from "#lib/contract/openai.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import type { OwnTurn } from "#lib/conversations/find-own-turn.ts";
import { answerParts } from "#lib/facades/answer-parts.ts";
import { openAiError } from "#lib/facades/facade-problem.ts";
import { defaultModel, type ReadOptions } from "#lib/facades/openai-request.ts";
import { type ResponseHead, responseObject, responseOfTurn } from "#lib/facades/openai-response.ts";
import { hasSegment, type ResponseSegment } from "#lib/facades/openai-responses-items.ts";
import { readResponsesRequest } from "#lib/facades/openai-responses-request.ts";
import { createResponsesEncoder } from "#lib/facades/openai-responses-stream.ts";
import {
  idempotencyKeyOf,
  type OpenAiTurnDependencies,
  type OpenedTurn,
  openTurn,
} from "#lib/facades/openai-turn.ts";
import { maxHistoryBytes, readIntent } from "#lib/facades/read-intent.ts";
import { isOfStream } from "#lib/facades/turn-view.ts";
import {
  type RequestWithCredential,
  requireCaller,
  requireCredential,
} from "#lib/keys/require-caller.ts";
import { untilRevoked } from "#lib/keys/until-revoked.ts";
import { defineStreamRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody } from "#lib/platform/http/parse-request.ts";
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

/** `POST /v1/responses`: takes a message or outputs of tools; streams the answer, returns it whole, or runs it in the background. */
export function createResponseCreate(dependencies: OpenAiDependencies) {
  const { telemetry, postBucket, addressOf } = dependencies;
  return defineStreamRoute("response-create", telemetry, openAiError)
    .use(requireCredential(dependencies, { cookies: false }))
    .use(parseBody(OpenAiResponseRequest, { maxBytes: maxHistoryBytes }))
    .use(readIntent(readWithTools(dependencies, readResponsesRequest)))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(postBucket, addressOf)))
    .handler(async (request, context) => {
      const { caller, body } = request;
      const { intent, place } = request.intent;
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
      const { wholeAnswer } = await import("#lib/facades/whole-answer.ts");
      return wholeAnswer(
        afterAll(events).then(async () => {
          const { turn } = await ownTurn(dependencies, target.owner, segment);
          return responseOfTurn(head, turn);
        }),
      );
    });
}

/** Returns a reader of requests, which loads the code for tools with the first request that declares some. */
export const readWithTools =
  <Body extends { tools?: unknown[] | null | undefined }, Intent>(
    { messageLimit, offeredModelIds }: OpenAiDependencies,
    read: (body: Body, options: ReadOptions) => Intent,
  ) =>
  async (body: Body): Promise<Intent> => {
    const readClientTools = body.tools?.length
      ? (await import("#lib/tools/client-tools.ts")).readClientTools
      : undefined;
    return read(body, { messageLimit, offeredModelIds, readClientTools });
  };

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

/** Reads a stream to its end, so that its turn runs. @throws HttpProblem if the stream itself has failed */
export async function afterAll(events: AsyncIterable<StreamEvent>): Promise<void> {
  let failure: HttpProblem | undefined;
  for await (const event of events) {
    if (event.event !== "error" || !isOfStream(event)) continue;
    const { type, status, detail } = event.data;
    failure = new HttpProblem(
      type === "unauthorized" ? type : "service_unavailable",
      status,
      detail,
    );
  }
  if (failure) throw failure;
}

export const partsOf = (turn: TurnState) =>
  answerParts(turn.result ?? turn.partial ?? "", turn.tools);

export async function ownTurn(
  { findOwnTurn }: OpenAiDependencies,
  owner: string,
  segment: ResponseSegment,
): Promise<OwnTurn> {
  const found = await findOwnTurn(owner, segment.turnId);
  if (!found || !hasSegment(segment, partsOf(found.turn))) throw unknownResponse();
  return found;
}

export const unknownResponse = () =>
  new HttpProblem("not_found", 404, "Response not found, or not yours.");

export const modelOf = ({ offeredModelIds }: OpenAiDependencies, asked: string): string =>
  asked === defaultModel ? (offeredModelIds[0] ?? asked) : asked;
