const number = new Intl.NumberFormat("en");
const format = (value: number) => number.format(value);

/** The texts of the waterfall of one answer. Load with the waterfall, in every language. */
export const traceEnglish = {
  loading: "Loading what happened…",
  /** The name of the table for screen readers. */
  table: "Steps of this answer",
  step: "Step",
  timeline: "Timeline",
  start: "Start",
  duration: "Duration",
  total: (duration: string) => `${duration} from your message to the end`,
  open: (duration: string) => `${duration} since your message`,
  unrecorded: "No details: this answer is from before steps were recorded.",
  waits: { queue: "Waiting for a runner", approval: "Waiting for a decision" },
  steps: {
    claim: "Take over and read the history",
    agent: "Load the agent",
    check: "Check quotations",
    commit: "Save the answer",
  },
  merged: (count: number) => `${format(count)} earlier steps`,
  running: "still running",
  firstToken: (duration: string) => `first word after ${duration}`,
  tokens: (input: number, cached: number, output: number) =>
    `${format(input)} tokens in${cached > 0 ? ` (${format(cached)} from cache)` : ""}, ${format(output)} out`,
  fallback: "fallback model",
  failed: "failed",
  /** Why a request to a model failed, by its name on the wire. */
  errors: {
    busy: "the model was busy",
    silent: "the model was silent for too long",
    broken: "the connection broke off",
    too_long: "too long for the model",
    refused: "the model refused the request",
    unavailable: "the model is unavailable",
    aborted: "cut off",
  } as Record<string, string>,
  attempt: (attempt: number) => `Attempt ${format(attempt)}`,
  outcomes: {
    running: "running",
    waiting: "paused for a decision",
    done: "finished",
    failed: "failed",
    stopped: "stopped",
    lost: "lost",
  },
  lost: "The runner ended without saving",
  summary: "Afterwards older messages were summarised",
  shortened: "Long waits are drawn shorter.",
};

export type TraceTexts = typeof traceEnglish;
