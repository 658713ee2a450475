import { randomUUID } from "node:crypto";
import type { AnswerEvent, LanguageModel } from "#local/bedrock/answer.ts";
import { textEvents, toolCallEvents } from "#local/bedrock/answer.ts";
import {
  type ConverseRequest,
  type Message,
  offeredTools,
  texts,
  toolResults,
  toolUses,
} from "#local/bedrock/converse-request.ts";
import { planActs } from "./acts.ts";
import { collectFacts } from "./facts.ts";
import { recallHistory } from "./history.ts";
import { isSummaryRequest, notesOf, readNotes, writeNotes } from "./notes.ts";
import { recall } from "./recall.ts";
import { describeResult } from "./results.ts";
import { type PlannedCall, planNamedCall, planObviousCalls } from "./tools.ts";
import { acknowledge, admitLimits, answerSmallTalk } from "./wording.ts";

/**
 * A model made of rules, for machines without a language model. It says so in its answers. It keeps no state: it reads
 * facts only from the messages of the request, so a fact recalled after a restart proves that the system kept it.
 */
export function createDemoModel(
  newId: () => string = () => `tooluse_${randomUUID().replaceAll("-", "").slice(0, 22)}`,
): LanguageModel {
  return ({ request }) => {
    const reply = replyTo(request);
    return typeof reply === "string" ? textAnswer(reply) : toolAnswer(reply, newId);
  };
}

/** Returns a text, or tool calls. */
function replyTo(request: ConverseRequest): string | PlannedCall[] {
  const question = textsOf(request.messages.slice(-1)).at(-1);
  // A text after the results is a new question: the turn that called the tools was interrupted.
  if (question === undefined) return describeResults(request);
  if (isSummaryRequest(request)) return writeNotes(question);

  const tools = offeredTools(request);
  const notes = notesOf(request);
  const known = readNotes(notes);
  const messages = notes === "" ? request.messages : request.messages.slice(1);
  const userTexts = [...known.first, ...textsOf(messages.filter(({ role }) => role === "user"))];
  const facts = collectFacts([...known.facts, ...userTexts]);
  const newFacts = collectFacts([question]);

  const acts = planActs(question, tools);
  if (acts.length > 0) return acts;
  const obviousCalls = planObviousCalls(question, tools);
  if (obviousCalls.length > 0) return obviousCalls;
  const recalled = recallHistory(question, userTexts) ?? recall(question, facts);
  if (recalled !== undefined) return recalled;
  if (newFacts.size > 0) return acknowledge(newFacts);
  const smallTalk = answerSmallTalk(question, facts, tools);
  if (smallTalk !== undefined) return smallTalk;
  const namedCall = planNamedCall(question, tools);
  return namedCall ? [namedCall] : admitLimits(question, tools);
}

/** Replaces typographic apostrophes, because the rules match only the straight one. */
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

function textAnswer(text: string): AnswerEvent[] {
  return [...textEvents(text), { type: "stop", reason: "end_turn" }];
}

function toolAnswer(calls: PlannedCall[], newId: () => string): AnswerEvent[] {
  return [
    ...textEvents(calls.map((call) => call.announcement).join(" ")),
    ...calls.flatMap(({ tool, input }) =>
      toolCallEvents(newId(), tool.name, JSON.stringify(input)),
    ),
    { type: "stop", reason: "tool_use" },
  ];
}
