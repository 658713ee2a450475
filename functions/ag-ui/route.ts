import { acceptAndClaimMessage } from "#lib/chat/accept-message.ts";
import type { ThreadClaim } from "#lib/chat/claim-with-thread.ts";
import { decideHere } from "#lib/chat/decide-call.ts";
import { type DecideCallsDependencies, decideCalls } from "#lib/chat/decide-calls.ts";
import { openStream, refuseWithoutBudget, unknownTurn } from "#lib/chat/open-stream.ts";
import { sendForMessagesBehind } from "#lib/chat/start-turn-run.ts";
import type { StreamTarget } from "#lib/chat/stream-turns.ts";
import { type AgUiMessage, AgUiRequest, AgUiThread } from "#lib/contract/ag-ui.ts";
import type { TurnState } from "#lib/contract/chat.ts";
import type { ConversationStore } from "#lib/conversations/conversation-store.ts";
import { agUiMessagesOf } from "#lib/facades/ag-ui-messages.ts";
import {
  type AgUiDecision,
  type AgUiIntent,
  historyBefore,
  readAgUiRequest,
  readDecisions,
} from "#lib/facades/ag-ui-request.ts";
import { createAgUiEncoder, refusedRun } from "#lib/facades/ag-ui-stream.ts";
import { inForeignConversation, messageKeyOf } from "#lib/facades/foreign-id.ts";
import { stopNewestTurn } from "#lib/facades/newest-turn.ts";
import { maxHistoryBytes, readIntent } from "#lib/facades/read-intent.ts";
import { type Caller, requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { untilRevoked } from "#lib/keys/until-revoked.ts";
import { defineStreamRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { noContent } from "#lib/platform/http/http-response.ts";
import { parseBody, parseQuery } from "#lib/platform/http/parse-request.ts";
import { toProblem } from "#lib/platform/http/respond-with-problem.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import type { Bucket } from "#lib/rate-limit/bucket.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import { eventStreamResponse } from "#lib/sse/event-stream-response.ts";
import type { TurnRouteDependencies } from "../turn-dependencies.ts";

interface AgUiDependencies
  extends TurnRouteDependencies,
    Pick<DecideCallsDependencies, "settleClientCalls"> {
  bucket: Bucket;
  getConversation: ConversationStore["get"];
  stopBucket: Bucket;
}

/**
 * `POST /ag-ui`: runs a thread. Takes a message, decisions, or what the client's tools have returned, and streams the answer; without
 * any of them streams the newest answer. A refused message is a problem; everything else is refused in the stream, as AG-UI requires.
 */
export function createAgUiRun(dependencies: AgUiDependencies) {
  const { telemetry, bucket, addressOf, messageLimit } = dependencies;
  return defineStreamRoute("ag-ui", telemetry)
    .use(requireCredential(dependencies, { cookies: false }))
    .use(parseBody(AgUiRequest, { maxBytes: maxHistoryBytes }))
    .use(readIntent((body: AgUiRequest) => readAgUiRequest(body, messageLimit)))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(bucket, addressOf)))
    .handler(async (request, context) => {
      const { body, intent, caller, requestId } = request;
      const { threadId, runId } = body;
      const foreign = foreignThread(caller.owner, threadId);
      const run = inForeignConversation(foreign, async (conversationId) => {
        const place = { ...caller, conversationId };
        const opened = await open(dependencies, place, body, intent);
        const events = openStream(dependencies, opened.target, opened.claim, {
          requestId,
          remainingMs: () => context.getRemainingTimeInMillis(),
        });
        if (!events) throw unknownTurn();
        const { history, isJoin, target } = opened;
        return eventStreamResponse(untilRevoked(dependencies, request, events), {
          encoder: createAgUiEncoder({ threadId, runId, ...target, history, isJoin }),
        });
      });
      if (intent.message) return run;
      return run.catch((error: unknown) =>
        eventStreamResponse(noEvents(), {
          encoder: refusedRun(toProblem(error, requestId, telemetry)),
        }),
      );
    });
}

/** `DELETE /ag-ui?threadId=…`: stops the newest answer of a thread. The client itself only hangs up. */
export function createAgUiStop(dependencies: AgUiDependencies) {
  const { telemetry, stopBucket, addressOf } = dependencies;
  return defineStreamRoute("ag-ui-stop", telemetry)
    .use(requireCredential(dependencies, { cookies: false }))
    .use(parseQuery(AgUiThread))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(stopBucket, addressOf)))
    .handler(async (request) => {
      await stopNewestTurn(
        dependencies,
        foreignThread(request.caller.owner, request.query.threadId),
      );
      return noContent();
    });
}

const foreignThread = (owner: string, id: string) =>
  ({ owner, protocol: "ag-ui", id, field: "threadId" }) as const;

interface Place extends Caller {
  conversationId: string;
}

interface Opened {
  target: StreamTarget & { turnId: string };
  claim: ThreadClaim;
  history: readonly AgUiMessage[];
  isJoin: boolean;
}

async function open(
  dependencies: AgUiDependencies,
  place: Place,
  request: AgUiRequest,
  { message, outputs }: AgUiIntent,
): Promise<Opened> {
  if (message) return send(dependencies, place, request, { message, outputs });
  const decided = await decide(dependencies, place, readDecisions(request));
  const settled = await settle(dependencies, place, outputs);
  return follow(dependencies, place, request, settled ?? decided);
}

async function send(
  dependencies: AgUiDependencies,
  place: Place,
  request: AgUiRequest,
  { message, outputs }: AgUiIntent & { message: object },
): Promise<Opened> {
  const { conversationId, ...caller } = place;
  // A client may show its message alone, after a run that was cut. Then the message is a replay.
  await decide(dependencies, place, readDecisions(request));
  // A client may leave its tools' results until the next message. A turn that has ended meanwhile needs them no more.
  await settle(dependencies, place, outputs).catch((error: unknown) => {
    if (!isRefusal(error)) throw error;
  });
  const { accepted, claim } = await acceptAndClaimMessage(dependencies, {
    ...caller,
    body: { conversation_id: conversationId, message: message.text, after: message.after },
    createsMissing: true,
    idempotencyKey: messageKeyOf("ag-ui", conversationId, message.id),
    clientTools: message.tools,
  });
  if (claim.outcome === "idle") refuseWithoutBudget(claim.turn);
  const target = { owner: caller.owner, conversationId, turnId: accepted.turn_id };
  return { target, claim, history: request.messages, isJoin: false };
}

/** Stores the person's decisions. Returns the turn that they are about. */
async function decide(
  dependencies: AgUiDependencies,
  { owner, conversationId }: Place,
  decisions: readonly AgUiDecision[],
): Promise<string | undefined> {
  for (const { isCancelled, ...decision } of decisions) {
    await decideHere(dependencies, owner, {
      conversation_id: conversationId,
      ...decision,
    }).catch((error: unknown) => {
      // Whoever cancels has no answer: another person's decision, and an expired call, stand.
      if (!isCancelled || !isRefusal(error) || error.status !== 409) throw error;
    });
  }
  return decisions.at(-1)?.turn_id;
}

/** Stores what the client's tools have returned. Returns the turn that called them. */
async function settle(
  dependencies: AgUiDependencies,
  { owner, conversationId }: Place,
  outputs: AgUiIntent["outputs"],
): Promise<string | undefined> {
  const [turnId] = outputs[0]?.callId.split(".") ?? [];
  if (turnId === undefined) return undefined;
  const sendTurnRun = sendForMessagesBehind(dependencies, turnId);
  await decideCalls({ ...dependencies, sendTurnRun }, { owner, conversationId, turnId, outputs });
  return turnId;
}

const isRefusal = (error: unknown): error is HttpProblem =>
  error instanceof HttpProblem && error.status < 500;

/** Follows a turn, or the newest one of the shown branch. */
async function follow(
  { getConversation, claim }: AgUiDependencies,
  { owner, conversationId }: Place,
  { messages }: AgUiRequest,
  decidedTurnId: string | undefined,
): Promise<Opened> {
  const shown = decidedTurnId && historyBefore(decidedTurnId, messages);
  const transcript = shown ? [] : await transcriptOf(getConversation, owner, conversationId);
  const turnId = decidedTurnId ?? transcript.at(-1)?.turn_id;
  if (turnId === undefined) throw noAnswer();
  const target = { owner, conversationId, turnId };
  const all = agUiMessagesOf(transcript);
  const history = shown || (historyBefore(turnId, messages) ?? historyBefore(turnId, all) ?? all);
  return { target, claim: await claim(target), history, isJoin: true };
}

const noAnswer = () =>
  new HttpProblem(
    "not_found",
    404,
    "This thread has no answer to follow. Send a message of the user.",
  );

/** The client sends its messages back with each run, so they must stay well below the limit of a request. */
const maxTranscriptBytes = 2 * 1024 * 1024;
const turnsPerPage = 100;

/** Returns the newest turns of the shown branch, oldest first. */
async function transcriptOf(
  getConversation: ConversationStore["get"],
  owner: string,
  id: string,
): Promise<TurnState[]> {
  let turns: TurnState[] = [];
  let before: string | undefined;
  do {
    const page = await getConversation({ owner, id, before, limit: turnsPerPage });
    turns = [...(page?.turns ?? []), ...turns];
    before = page?.earlier_cursor ?? undefined;
  } while (before !== undefined && JSON.stringify(turns).length < maxTranscriptBytes);
  return turns;
}

async function* noEvents() {}
