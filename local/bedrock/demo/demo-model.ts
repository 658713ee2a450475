import { randomUUID } from "node:crypto";
import type { AnswerEvent, LanguageModel, ModelCall } from "#local/bedrock/answer.ts";
import { textEvents, toolCallEvents } from "#local/bedrock/answer.ts";
import { offeredTools } from "#local/bedrock/converse-request.ts";
import { terseDemoModelId } from "#local/bedrock/known-models.ts";
import { isTitleRequest } from "#local/bedrock/title-request.ts";
import { answerMessage } from "./answer-message.ts";
import { considered, effortOf } from "./effort.ts";
import { collectFacts } from "./facts.ts";
import { languageOf } from "./language.ts";
import { isSummaryRequest, writeNotes } from "./notes.ts";
import { callKey, readRequest } from "./read-request.ts";
import type { Step } from "./skill.ts";
import { suggestNext } from "./suggest-next.ts";
import { demoTitle } from "./title.ts";
import { excuseFor, readWishes, shorten } from "./wishes.ts";

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
  return ({ modelId, request, crashes = 0 }: ModelCall) => {
    const read = readRequest(request);
    if (isSummaryRequest(request)) return toAnswer(textEvents(writeNotes(read.message)));
    const wishes = readWishes(request);
    if (isTitleRequest(request)) return toAnswer(textEvents(demoTitle(read.message)));
    const question = {
      text: read.message,
      language: wishes.language ?? languageOf(read.messages),
      messages: read.messages,
      facts: collectFacts([...read.notedFacts, ...read.messages]),
      tools: offeredTools(request),
      guideUrl,
      crashes,
    };
    const answered = answerMessage(question, read);
    const thoughts = considered(read.steps === 0 ? effortOf(request) : 0, {
      language: question.language,
      words: read.message.split(/\s+/u).length,
      tools: question.tools.length,
      facts: question.facts.size,
    });
    if ("calls" in answered) return [...thoughtEvents(thoughts), ...toCalls(answered, newId)];
    const { reply } = answered;
    const whole = typeof reply === "string" ? textEvents(reply) : reply;
    const isShort = wishes.isBrief || modelId === terseDemoModelId;
    return [
      ...thoughtEvents(thoughts),
      ...toAnswer([
        ...(isShort ? shorten(whole) : whole),
        ...excuseFor(wishes, question.language),
        ...suggestNext(request, question),
      ]),
    ];
  };
}

const newToolUseId = () => `tooluse_${randomUUID().replaceAll("-", "").slice(0, 22)}`;

const toAnswer = (events: AnswerEvent[]): AnswerEvent[] => [
  ...events,
  { type: "stop", reason: "end_turn" },
];

function toCalls({ calls, announcement, reasoning }: Step, newId: () => string): AnswerEvent[] {
  const seen = new Set<string>();
  const once = calls.filter(({ tool, input }) => {
    const key = callKey(tool.name, input);
    return !seen.has(key) && seen.add(key);
  });
  return [
    ...thoughtEvents(reasoning),
    ...textEvents(announcement),
    ...once.flatMap(({ tool, input }) => toolCallEvents(newId(), tool.name, JSON.stringify(input))),
    { type: "stop", reason: "tool_use" },
  ];
}

/** Words of reasoning, and the signature with which a model ends them. */
function thoughtEvents(text = ""): AnswerEvent[] {
  if (text === "") return [];
  const words = text.match(/\s*\S+/gu) ?? [];
  return [
    ...words.map((word): AnswerEvent => ({ type: "reasoning", text: word })),
    { type: "signature", signature: "demo-model" },
  ];
}
