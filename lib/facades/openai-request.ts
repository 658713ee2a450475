import * as v from "valibot";
import { CallId } from "#lib/contract/call-id.ts";
import type { ClientTool } from "#lib/contract/client-tool.ts";
import {
  type ConversationSettings,
  maxInstructionsLength,
} from "#lib/contract/conversation-settings.ts";
import { Effort } from "#lib/contract/model-choice.ts";
import { typedMessage } from "#lib/contract/typed-text.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { conform } from "#lib/platform/http/parse-request.ts";
import { callNumberOf } from "./openai-responses-items.ts";

/** What a request asks for, in our words. */
export type OpenAiIntent = NewMessage | GivenOutputs;

export interface NewMessage {
  kind: "message";
  message: string;
  /** What came before, as a client knows it that keeps the history itself. */
  history: HistoryTurn[];
  settings: ConversationSettings;
  clientTools: ClientTool[];
}

/** The program has run the tools of one answer: the turn goes on. */
export interface GivenOutputs {
  kind: "outputs";
  turnId: string;
  /** The number of the model call that called the tools. */
  callNumber: number;
  outputs: { callId: string; output: string }[];
}

/** A message of the history, and what the assistant said and called after it. */
export interface HistoryTurn {
  message: string;
  texts: string[];
  calls: { name: string; input: string; output?: string | undefined }[];
}

/** A piece of a history in either protocol. */
export type HistoryPiece =
  | { type: "instructions" | "user" | "assistant"; text: string }
  | { type: "call"; callId: string; name: string; input: string; output?: string | undefined }
  | { type: "output"; callId: string; output: string };

export interface ReadOptions {
  messageLimit: number;
  offeredModelIds: readonly string[];
  /** Loaded with the first request that declares tools. */
  readClientTools: typeof import("#lib/tools/client-tools.ts").readClientTools | undefined;
}

type ReadHistory =
  | { kind: "message"; message: string; history: HistoryTurn[]; instructions: string[] }
  | GivenOutputs;

/**
 * Returns what a history asks for. The messages of the user behind the last answer are the new message, joined by a blank line. If the
 * history ends with outputs of tools, the turn that called them goes on.
 * @param field the name of the list in the request
 * @throws HttpProblem 400 that names the field
 */
export function readHistory(
  pieces: readonly HistoryPiece[],
  field: string,
  messageLimit: number,
): ReadHistory {
  const instructions: string[] = [];
  const history: HistoryTurn[] = [];
  const calls = new Map<string, HistoryTurn["calls"][number]>();
  let message: string[] = [];
  let outputs: GivenOutputs["outputs"] = [];

  /** The turn that an assistant's text or call belongs to. */
  function openTurn(): HistoryTurn {
    if (message.length > 0) {
      history.push({ message: joined(message, field, messageLimit), texts: [], calls: [] });
      message = [];
    }
    const turn = history.at(-1);
    if (!turn)
      throw refusal(field, "must have a message of the user before those of the assistant");
    return turn;
  }

  for (const piece of pieces) {
    switch (piece.type) {
      case "instructions":
        if (message.length > 0 || history.length > 0) {
          throw refusal(field, "must have its instructions before all other messages");
        }
        instructions.push(piece.text);
        break;
      case "user":
        if (outputs.some(({ callId }) => !calls.has(callId))) {
          throw refusal(
            field,
            "must have outputs of tools alone, and the next message after their answer",
          );
        }
        outputs = [];
        message.push(piece.text);
        break;
      case "assistant":
        openTurn().texts.push(piece.text);
        break;
      case "call": {
        const call = { name: piece.name, input: piece.input, output: piece.output };
        openTurn().calls.push(call);
        calls.set(piece.callId, call);
        break;
      }
      case "output": {
        const call = calls.get(piece.callId);
        if (call) call.output = piece.output;
        outputs.push({ callId: piece.callId, output: piece.output });
      }
    }
  }
  if (outputs.length > 0) return givenOutputs(outputs, field);
  if (message.length === 0) throw refusal(field, "must end with a message of the user");
  return { kind: "message", message: joined(message, field, messageLimit), history, instructions };
}

const joined = (texts: readonly string[], field: string, messageLimit: number): string =>
  conform(typedMessage(messageLimit), texts.join("\n\n"), field);

/** Outputs of earlier answers of the turn stand in the history, too. The turn could not have gone on without them. */
function givenOutputs(all: GivenOutputs["outputs"], field: string): GivenOutputs {
  if (!all.every(({ callId }) => v.is(CallId, callId))) {
    throw refusal(field, "must have outputs of calls of this service only");
  }
  const newest = all.at(-1)?.callId ?? "";
  const isOfNewest = ({ callId }: { callId: string }) =>
    turnIdOf(callId) === turnIdOf(newest) && callNumberOf(callId) === callNumberOf(newest);
  return {
    ...{ kind: "outputs", turnId: turnIdOf(newest), callNumber: callNumberOf(newest) },
    outputs: all.filter(isOfNewest),
  };
}

const turnIdOf = (callId: string): string => callId.split(".")[0] ?? "";

const TextPart = v.object({
  type: v.picklist(["text", "input_text", "output_text"]),
  text: v.string(),
});

/** Returns the text of a message or of an output. @throws HttpProblem 400 for a part that is no text */
export function textOf(content: unknown, field: string): string {
  if (typeof content === "string") return content;
  if (content === null || content === undefined) return "";
  const parts = v.safeParse(v.array(TextPart), content);
  if (!parts.success) {
    throw refusal(field, "must be text: images, sound, files and refusals are not supported");
  }
  return parts.output.map(({ text }) => text).join("\n");
}

/** The settings of the conversation that a request begins, without those that have the deployment's default. */
export function readSettings(
  model: string,
  offeredModelIds: readonly string[],
  given: {
    instructions: readonly string[];
    effort: string | null | undefined;
    effortField: string;
  },
): ConversationSettings {
  if (model !== defaultModel && !offeredModelIds.includes(model)) {
    throw new HttpProblem("not_found", 404, "model must be one of GET /v1/models.", {
      field: "model",
    });
  }
  const instructions = given.instructions.filter((text) => text.trim() !== "").join("\n\n");
  return {
    ...(model !== defaultModel && { model }),
    ...(instructions !== "" && {
      instructions: conform(typedMessage(maxInstructionsLength), instructions, "instructions"),
    }),
    ...(given.effort && { effort: conform(Effort, given.effort, given.effortField) }),
  };
}

/** The name of the deployment's first model, for programs that run on several deployments. */
export const defaultModel = "default";

/**
 * Refuses every field that would have to change the answer and cannot, by its name.
 * @param read the fields that are read
 * @param neutral by field: the values that change nothing, or true if no value does
 */
export function refuseUnsupported(
  body: Record<string, unknown>,
  read: readonly string[],
  neutral: Record<string, readonly unknown[] | true>,
): void {
  for (const [field, value] of Object.entries(body)) {
    if (read.includes(field) || value === null || value === undefined) continue;
    const allowed = Object.hasOwn(neutral, field) ? neutral[field] : undefined;
    if (allowed === true) continue;
    const isNeutral = allowed?.some((one) => JSON.stringify(one) === JSON.stringify(value));
    if (isNeutral) continue;
    throw refusal(
      /^[\w-]{1,64}$/.test(field) ? field : "body",
      allowed === undefined || typeof allowed[0] === "object"
        ? "is not supported"
        : `is supported only as ${allowed.map((one) => JSON.stringify(one)).join(" or ")}`,
    );
  }
}

export const refusal = (field: string, sentence: string): HttpProblem =>
  new HttpProblem("bad_request", 400, `${field} ${sentence}.`, { field });
