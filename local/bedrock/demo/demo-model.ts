import { randomUUID } from "node:crypto";
import type { AnswerEvent, LanguageModel, ModelCall } from "#local/bedrock/answer.ts";
import { textEvents, toolCallEvents } from "#local/bedrock/answer.ts";
import { offeredTools } from "#local/bedrock/converse-request.ts";
import { answerMessage } from "./answer-message.ts";
import { collectFacts } from "./facts.ts";
import { languageOf } from "./language.ts";
import { isSummaryRequest, writeNotes } from "./notes.ts";
import { callKey, readRequest } from "./read-request.ts";
import type { Reply, Step } from "./skill.ts";

interface DemoModelOptions {
  /** The page that explains how to connect a real model. */
  guideUrl?: string | undefined;
  newId?: () => string;
}

/**
 * A model made of rules, for machines without a language model. It says so in its answers. It keeps no state: it reads
 * facts and results only from the messages of the request, so a fact recalled after a restart proves that the system kept it.
 */
export function createDemoModel(options: DemoModelOptions = {}): LanguageModel {
  const { guideUrl, newId = newToolUseId } = options;
  return ({ request, crashes = 0 }: ModelCall) => {
    const read = readRequest(request);
    if (isSummaryRequest(request)) return toAnswer(writeNotes(read.message));
    const question = {
      text: read.message,
      language: languageOf(read.messages),
      messages: read.messages,
      facts: collectFacts([...read.notedFacts, ...read.messages]),
      tools: offeredTools(request),
      guideUrl,
      crashes,
    };
    const answered = answerMessage(question, read);
    return "calls" in answered ? toCalls(answered, newId) : toAnswer(answered.reply);
  };
}

const newToolUseId = () => `tooluse_${randomUUID().replaceAll("-", "").slice(0, 22)}`;

function toAnswer(reply: Reply): AnswerEvent[] {
  const events = typeof reply === "string" ? textEvents(reply) : reply;
  return [...events, { type: "stop", reason: "end_turn" }];
}

function toCalls({ calls, announcement, reasoning }: Step, newId: () => string): AnswerEvent[] {
  const seen = new Set<string>();
  const once = calls.filter(({ tool, input }) => {
    const key = callKey(tool.name, input);
    return !seen.has(key) && seen.add(key);
  });
  return [
    ...(reasoning ? thoughtEvents(reasoning) : []),
    ...textEvents(announcement),
    ...once.flatMap(({ tool, input }) => toolCallEvents(newId(), tool.name, JSON.stringify(input))),
    { type: "stop", reason: "tool_use" },
  ];
}

/** Words of reasoning, and the signature with which a model ends them. */
function thoughtEvents(text: string): AnswerEvent[] {
  const words = text.match(/\s*\S+/gu) ?? [];
  return [
    ...words.map((word): AnswerEvent => ({ type: "reasoning", text: word })),
    { type: "signature", signature: "demo-model" },
  ];
}
