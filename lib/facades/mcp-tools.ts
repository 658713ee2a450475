import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { acceptAndClaimMessage } from "#lib/chat/accept-message.ts";
import type { ThreadClaim, ThreadClaims } from "#lib/chat/claim-with-thread.ts";
import { decideHere } from "#lib/chat/decide-call.ts";
import {
  type OpenStreamDependencies,
  openStream,
  refuseWithoutBudget,
} from "#lib/chat/open-stream.ts";
import type { SendTurnRun } from "#lib/chat/turn-run-event.ts";
import { AskResult, askInputUpTo, DocumentPassages } from "#lib/contract/mcp.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import type { KeyHolders } from "#lib/keys/key-holders.ts";
import type { Caller, RequestWithCredential } from "#lib/keys/require-caller.ts";
import { untilRevoked } from "#lib/keys/until-revoked.ts";
import { toProblem } from "#lib/platform/http/respond-with-problem.ts";
import type { JsonObject } from "#lib/platform/json.ts";
import { inputJsonSchemaOf } from "#lib/tools/input-json-schema.ts";
import type { Tool } from "#lib/tools/tool.ts";
import { inForeignConversation, messageKeyOf } from "./foreign-id.ts";
import { readDocuments } from "./mcp-documents.ts";
import { type AskIntent, readAsk } from "./mcp-request.ts";
import type { McpCaller, McpTool } from "./mcp-server.ts";
import { askResult, type McpResult, readAskedAnswer } from "./mcp-stream.ts";

export interface McpToolsDependencies extends OpenStreamDependencies, ThreadClaims {
  turns: OpenStreamDependencies["turns"] & Pick<TurnStore, "decide">;
  sendTurnRun: SendTurnRun;
  keys: KeyHolders;
  messageLimit: number;
  /** The agent's tools that read documents; empty if the deployment has none. */
  documentTools: readonly Tool[];
}

/** The request that calls a tool. */
interface McpInvocation {
  request: RequestWithCredential & { caller: Caller };
  remainingMs: () => number;
  /** Takes what goes on after the result. */
  work: Promise<void>[];
}

/** Returns the tools of this deployment, as the caller of this request. */
export function mcpToolsOf(
  dependencies: McpToolsDependencies,
  invocation: McpInvocation,
): McpTool[] {
  const { messageLimit, documentTools, telemetry } = dependencies;
  const { caller, requestId } = invocation.request;

  /** The client reads a failure as the result of the call. */
  const guarded =
    (run: McpTool["run"]): McpTool["run"] =>
    async (called) => {
      try {
        return await run(called);
      } catch (error) {
        const { detail } = toProblem(error, requestId, telemetry);
        return { kind: "result", texts: [detail], isError: true };
      }
    };

  const documentTool = (name: string, of: string, texts: Pick<McpTool, "title" | "description">) =>
    documentTools
      .filter((tool) => tool.name === of)
      .map(
        (tool): McpTool => ({
          ...{ name, ...texts, isReading: true },
          inputSchema: withoutDialect(inputJsonSchemaOf(tool)),
          outputSchema: outputSchemaOf(DocumentPassages),
          run: guarded(({ arguments: input, signal }) =>
            readDocuments(tool, input, { owner: caller.owner, signal }),
          ),
        }),
      );

  return [
    {
      name: "ask",
      title: "Ask the team's assistant",
      description:
        "Puts a question or a task to the team's assistant, which has tools and the team's documents, and returns its answer. Takes seconds to minutes.",
      inputSchema: withoutDialect(inputJsonSchemaOf({ input: askInputUpTo(messageLimit) })),
      outputSchema: outputSchemaOf(AskResult),
      isReading: false,
      run: guarded((called) => ask(dependencies, invocation, called)),
    },
    ...documentTool("search_documents", "search_documents", {
      title: "Search the team's documents",
      description:
        "Searches the team's documents, such as handbooks, contracts and reports. Returns numbered passages, each with its document, place and text.",
    }),
    ...documentTool("fetch_document", "read_document", {
      title: "Read a document of the team",
      description:
        "Reads one part of a document that search_documents has named: a page, a slide, a sheet or a section. Returns its passages in order.",
    }),
  ];
}

const outputSchemaOf = (schema: v.GenericSchema): JsonObject =>
  withoutDialect({ ...toJsonSchema(schema, { errorMode: "ignore", typeMode: "output" }) });

/** The schemas are the same in every dialect, and the protocol's is another one than the library's. */
function withoutDialect({ $schema: _, ...schema }: JsonObject): JsonObject {
  return schema;
}

interface Opened {
  target: { owner: string; conversationId: string; turnId: string };
  claim: ThreadClaim;
}

/** Runs or follows a turn, and returns when it has ended or waits. A client that leaves does not stop it. */
async function ask(
  dependencies: McpToolsDependencies,
  { request, remainingMs, work }: McpInvocation,
  called: McpCaller,
): Promise<McpResult> {
  const intent = readAsk(called, dependencies.messageLimit);
  const { target, claim } =
    intent.kind === "send"
      ? await accept(dependencies, request.caller, intent)
      : await resume(dependencies, request.caller, intent);
  const { requestId } = request;
  const events = openStream(dependencies, target, claim, { requestId, remainingMs });
  const { answer, drained } = readAskedAnswer(
    untilRevoked(dependencies, request, events ?? noEvents()),
    { ...target, report: called.report },
  );
  work.push(drained);
  const canAsk = called.canAsk && !(intent.kind === "continue" && intent.isDismissed);
  return askResult(await answer, { canAsk, canReturn: called.canReturn });
}

async function* noEvents() {}

async function accept(
  dependencies: McpToolsDependencies,
  caller: Caller,
  { message, conversationId: given, idempotencyKey: key }: Extract<AskIntent, { kind: "send" }>,
): Promise<Opened> {
  const { owner } = caller;
  const send = async (conversationId: string | undefined): Promise<Opened> => {
    const { accepted, claim } = await acceptAndClaimMessage(dependencies, {
      ...caller,
      body: { message, conversation_id: conversationId },
      createsMissing: conversationId !== undefined,
      idempotencyKey: key && messageKeyOf("mcp", conversationId ?? "", key),
    });
    if (claim.outcome === "idle") refuseWithoutBudget(claim.turn);
    const { conversation_id, turn_id } = accepted;
    return { target: { owner, conversationId: conversation_id, turnId: turn_id }, claim };
  };
  if (given === undefined) return send(undefined);
  return inForeignConversation(
    { owner, protocol: "mcp", id: given, field: "conversation_id" },
    send,
  );
}

/** Stores the decisions, and goes on with the turn in this invocation. */
async function resume(
  dependencies: McpToolsDependencies,
  { owner }: Caller,
  { conversationId, turnId, decisions }: Extract<AskIntent, { kind: "continue" }>,
): Promise<Opened> {
  for (const decision of decisions) await decideHere(dependencies, owner, decision);
  const target = { owner, conversationId, turnId };
  return { target, claim: await dependencies.claim(target) };
}
