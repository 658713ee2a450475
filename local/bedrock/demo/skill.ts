import type { AnswerEvent } from "#local/bedrock/answer.ts";
import type { ToolSpecification } from "#local/bedrock/converse-request.ts";
import type { Facts } from "./facts.ts";
import type { Language } from "./language.ts";
import type { Outcome } from "./outcome.ts";

/** What a person asks: a whole message, or one part of it. */
export interface Question {
  text: string;
  language: Language;
  /** The person's messages that the request holds, oldest first, this one last. */
  messages: readonly string[];
  /** What the person has stated about themselves. */
  facts: Facts;
  tools: readonly ToolSpecification[];
  /** The page that explains how to connect a real model. */
  guideUrl: string | undefined;
  /** How often a process that made this very request was killed on the demo model's wish. */
  crashes: number;
}

export interface PlannedCall {
  tool: ToolSpecification;
  input: Record<string, unknown>;
}

/** Calls that run side by side. */
export interface Step {
  calls: PlannedCall[];
  /** Shown before the calls. */
  announcement: string;
  /** Shown as the model's thoughts before the announcement. */
  reasoning?: string;
}

export type Reply = string | AnswerEvent[];

/** Yields calls, gets their outcomes in the same order, and returns the reply. Runs from its start for every request. */
export type Work = Generator<Step, Reply, Outcome[]>;

/** Answers a question, or returns undefined if the question is not for this skill. */
export type Skill = (question: Question) => Reply | Work | undefined;

export const findTool = ({ tools }: Pick<Question, "tools">, name: string) =>
  tools.find((tool) => tool.name === name);
