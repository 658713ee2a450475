import type { ToolSpecification } from "#local/bedrock/converse-request.ts";
import { findExpression } from "./expression.ts";
import { fillFromSchema, type Hints } from "./schema.ts";
import { findPlace, type Place } from "./time-zone.ts";

export interface PlannedCall {
  tool: ToolSpecification;
  input: Record<string, unknown>;
  /** Text before the call. */
  announcement: string;
}

/** Plans calls of the offered calculator and clock if the question clearly needs them. */
export function planObviousCalls(question: string, tools: ToolSpecification[]): PlannedCall[] {
  const calls: PlannedCall[] = [];
  const calculator = tools.find((tool) => /calc|math/i.test(tool.name));
  const expression = findExpression(question);
  if (calculator && expression !== undefined) {
    calls.push(plan(calculator, { expression }, "Let me calculate that."));
  }
  const clock = tools.find((tool) => /time|clock|date/i.test(tool.name));
  if (clock && timeQuestion.test(question)) calls.push(planClock(clock, findPlace(question)));
  return calls;
}

/** Plans a call of the offered tool whose name, or words of whose name, are in the question: "search the web for …". */
export function planNamedCall(
  question: string,
  tools: ToolSpecification[],
): PlannedCall | undefined {
  const words = new Set(question.toLowerCase().match(/[\p{L}\d_]+/gu) ?? []);
  const ranked = tools
    .map((tool) => ({ tool, score: nameScore(tool.name, words) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score);
  const [best] = ranked;
  if (!best) return undefined;
  const subject = question.replace(request, "").replace(/[?.!\s]+$/u, "") || question;
  return plan(best.tool, { subject }, `I will use the tool ${best.tool.name}.`);
}

const timeQuestion =
  /\bwhat(?:'s| is)? (?:the )?(?:current )?(?:time|date|day)\b|\bwhat time\b|\btime is it\b|\btoday's date\b|\bcurrent (?:time|date)\b|\btell me the (?:time|date)\b/iu;

/** Matches the words before the subject of a request. */
const request =
  /^.*?\b(?:search|look|query|ask|use|find|show|get|call|save|send)\b[^:]*?(?:\bfor\b|\babout\b|\bof\b|\bup\b|\bwith\b|:)\s*/iu;

function planClock(clock: ToolSpecification, { name, timeZone }: Place): PlannedCall {
  const call = plan(clock, { timeZone, place: name }, "Let me check the clock.");
  const isZoneUnknown = name !== undefined && Object.keys(call.input).length === 0;
  const announcement = `I do not know the time zone of ${name}, only those named after their city. Without it:`;
  return isZoneUnknown ? { ...call, announcement } : call;
}

function plan(tool: ToolSpecification, hints: Hints, announcement: string): PlannedCall {
  return { tool, input: fillFromSchema(tool.inputSchema.json, hints), announcement };
}

function nameScore(name: string, words: Set<string>): number {
  if (words.has(name.toLowerCase())) return 10;
  const parts = name.toLowerCase().split(/[_-]/);
  return parts.filter((part) => part.length > 2 && words.has(part)).length;
}
