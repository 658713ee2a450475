import { randomUUID } from "node:crypto";
import type { AnswerEvent, AnswerSource } from "#local/bedrock/answer.ts";
import { textEvents, toolCallEvents } from "#local/bedrock/answer.ts";
import {
  type ConverseRequest,
  type Message,
  offeredTools,
  texts,
  toolResults,
  toolUses,
} from "#local/bedrock/converse-request.ts";
import { collectFacts } from "./facts.ts";
import { recallHistory } from "./history.ts";
import { notesOf, readNotes, wantsNotes, writeNotes } from "./notes.ts";
import { recall } from "./recall.ts";
import { describeResult } from "./results.ts";
import { type PlannedCall, planNamedCall, planPlainCalls } from "./tools.ts";
import { acknowledge, admitLimits, chat } from "./wording.ts";

/**
 * The model of a machine that has none: rules instead of a network, and honest about it. All it remembers is
 * in the messages it is sent, so that a name recalled after a restart really was kept by the system.
 */
export function createDemoModel(
  newId: () => string = () => `tooluse_${randomUUID().replaceAll("-", "").slice(0, 22)}`,
): AnswerSource {
  return ({ request }) => {
    const reply = replyTo(request);
    return typeof reply === "string" ? say(reply) : callTools(reply, newId);
  };
}

/** What the model does next: says a text, or calls tools. */
function replyTo(request: ConverseRequest): string | PlannedCall[] {
  const question = textsOf(request.messages.slice(-1)).at(-1);
  // A text after the results is a new question: the turn that wanted them was broken off.
  if (question === undefined) return describeResults(request);
  if (wantsNotes(request)) return writeNotes(question);

  const tools = offeredTools(request);
  const notes = notesOf(request);
  const known = readNotes(notes);
  const messages = notes === "" ? request.messages : request.messages.slice(1);
  const said = [...known.first, ...textsOf(messages.filter(({ role }) => role === "user"))];
  const facts = collectFacts([...known.facts, ...said]);
  const newFacts = collectFacts([question]);

  const plainCalls = planPlainCalls(question, tools);
  if (plainCalls.length > 0) return plainCalls;
  const remembered = recallHistory(question, said) ?? recall(question, facts);
  if (remembered !== undefined) return remembered;
  if (newFacts.size > 0) return acknowledge(newFacts);
  const chatted = chat(question, facts, tools);
  if (chatted !== undefined) return chatted;
  const namedCall = planNamedCall(question, tools);
  return namedCall ? [namedCall] : admitLimits(question, tools);
}

/** People type “I’m” with either apostrophe; the rules know one. */
function textsOf(messages: Message[]): string[] {
  return messages.flatMap(texts).map((text) => text.trim().replaceAll("’", "'"));
}

function describeResults({ messages }: ConverseRequest): string {
  const uses = toolUses(messages.at(-2));
  const described = toolResults(messages.at(-1)).flatMap((result) => {
    const use = uses.find((candidate) => candidate.toolUseId === result.toolUseId);
    return use ? [describeResult(use, result)] : [];
  });
  return described.join("\n\n");
}

function say(text: string): AnswerEvent[] {
  return [...textEvents(text), { type: "stop", reason: "end_turn" }];
}

function callTools(calls: PlannedCall[], newId: () => string): AnswerEvent[] {
  return [
    ...textEvents(calls.map((call) => call.announcement).join(" ")),
    ...calls.flatMap(({ tool, input }) =>
      toolCallEvents(newId(), tool.name, JSON.stringify(input)),
    ),
    { type: "stop", reason: "tool_use" },
  ];
}
