import { type AnswerEvent, textEvents } from "#local/bedrock/answer.ts";
import { collectFacts } from "./facts.ts";
import { sayIn } from "./language.ts";
import type { Outcome } from "./outcome.ts";
import { callKey, type ReadRequest } from "./read-request.ts";
import type { Question, Reply, Skill, Step, Work } from "./skill.ts";
import { acknowledge } from "./skills/memory.ts";
import { messageSkills, partSkills } from "./skills/skills.ts";
import { cannotAnswer } from "./skills/without-a-model.ts";
import { asksSomething, splitMessage } from "./split-message.ts";

/** The agent makes at most eight model calls in a turn, the last without tools. */
const maxSteps = 6;

/** Returns the next calls of this turn, or the whole reply if no call is open. */
export function answerMessage(
  question: Question,
  { outcomes, steps }: Pick<ReadRequest, "outcomes" | "steps">,
): Step | { reply: Reply } {
  const advanced = planAnswers(question).map((answer) => advance(answer, outcomes));
  const open = advanced.filter((result) => "calls" in result);
  if (open.length > 0 && steps < maxSteps) return joinSteps(open);
  const stuck = sayIn(question.language)(
    "I got no further with my tools.",
    "Mit meinen Werkzeugen kam ich nicht weiter.",
  );
  return {
    reply: joinReplies(advanced.map((result) => ("calls" in result ? stuck : result.reply))),
  };
}

/** Returns one answer for the whole message if a skill takes that, else one for each part. */
function planAnswers(question: Question): (Reply | Work)[] {
  const whole = firstAnswer(messageSkills, question);
  if (whole !== undefined) return [whole];
  const parts = splitMessage(question.text).map((text) => ({ ...question, text }));
  const statedFacts = collectFacts([question.text]);
  const answers = parts.map((part) => firstAnswer(partSkills, part));
  if (statedFacts.size === 0 && answers.every((answer) => answer === undefined)) {
    return [cannotAnswer(question)];
  }
  const rest = parts.flatMap((part, index) => {
    const answer = answers[index];
    if (answer !== undefined) return [answer];
    const isFact = collectFacts([part.text]).size > 0;
    return asksSomething(part.text) && !isFact ? [cannotAnswer(part)] : [];
  });
  return [...(statedFacts.size > 0 ? [acknowledge(statedFacts, question)] : []), ...rest];
}

function firstAnswer(skills: readonly Skill[], question: Question): Reply | Work | undefined {
  for (const skill of skills) {
    const answer = skill(question);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** Runs the work from its start with the outcomes that the request holds, until a call has none. */
function advance(answer: Reply | Work, outcomes: Map<string, Outcome>): Step | { reply: Reply } {
  if (typeof answer === "string" || Array.isArray(answer)) return { reply: answer };
  let state = answer.next();
  while (!state.done) {
    const { calls } = state.value;
    const known = calls.map(({ tool, input }) => outcomes.get(callKey(tool.name, input)));
    const open = calls.filter((_, index) => known[index] === undefined);
    if (open.length > 0) return { ...state.value, calls: open };
    state = answer.next(known.filter((outcome) => outcome !== undefined));
  }
  return { reply: state.value };
}

function joinSteps(steps: Step[]): Step {
  const unique = (texts: string[]) => [...new Set(texts.filter(Boolean))];
  const reasoning = unique(steps.map((step) => step.reasoning ?? "")).join("\n\n");
  return {
    calls: steps.flatMap(({ calls }) => calls),
    announcement: unique(steps.map(({ announcement }) => announcement)).join(" "),
    ...(reasoning && { reasoning }),
  };
}

/** Puts a blank line between replies, and drops a reply that is there already. */
function joinReplies(replies: Reply[]): AnswerEvent[] {
  const events: AnswerEvent[] = [];
  const seen = new Set<string>();
  for (const reply of replies) {
    const text = typeof reply === "string" ? reply : JSON.stringify(reply);
    if (text === "" || seen.has(text)) continue;
    seen.add(text);
    if (events.length > 0) events.push({ type: "text", text: "\n\n" });
    events.push(...(typeof reply === "string" ? textEvents(reply) : reply));
  }
  return events;
}
