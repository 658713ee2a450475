import type { CheckedAnswer } from "#frontend/citations/word-marks.ts";
import type { ToolCall, TurnRemark, TurnStatus, Usage } from "#lib/contract/chat.ts";
import type { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import type { Feedback } from "#lib/contract/feedback.ts";
import type { Source } from "#lib/contract/source.ts";
import { defaultSettings } from "./tab-storage.ts";

/** A message that the service has not accepted yet. */
export interface OutgoingMessage {
  /** The idempotency key: sending the message again with the same key never doubles it. */
  key: string;
  text: string;
  /**
   * The id of the turn that the message follows; null begins the conversation anew. Fixed when the message is sent, so that the
   * request is the same each time. Undefined while only the service knows the turn.
   */
  after?: string | null | undefined;
  /** The id of the turn whose message or answer the person wants anew. */
  edits?: string | undefined;
  /** The documents that the message's conversation gets once it has an id. */
  documents?: string[] | undefined;
  /** Those of the conversation that this message begins. */
  settings?: ConversationSettings | undefined;
}

/** The part of an answer that grows while the model writes. */
export interface AnswerContent {
  text: string;
  tools: ToolCall[];
  /** What the answer may cite, in the order of their numbers. */
  sources: Source[];
}

/** What shows that an answer grows. */
export type AnswerLength = Pick<AnswerContent, "text" | "tools">;

/** Why a turn failed. */
export interface TurnError {
  type: string;
  /** In the service's own words. */
  detail: string;
  /** When the budget renews (RFC 3339). Null if no period's budget is used up. */
  resetsAt: string | null;
}

/** One message and its answer, as the page shows them. */
export interface ShownTurn extends AnswerContent, CheckedAnswer {
  /** React's key: stays the same when an outgoing message becomes an accepted turn. */
  key: string;
  id: string;
  /** The id of the turn that this turn follows. Null for a turn that begins the conversation. */
  parent: string | null;
  /** The ids of all turns with the same parent, oldest first, with this turn. */
  versions: string[];
  /** The texts of the message before it was changed in place, oldest first. */
  earlierMessages: string[];
  status: TurnStatus;
  /** Goes up when another runner takes the turn over after its runner died, and when the turn goes on after a decision. */
  attempt: number;
  /** How often the turn has been parked until a person decides. */
  parkings: number;
  /** Null until the transcript is loaded, for a turn that was started elsewhere. */
  message: string | null;
  reasoning: string;
  /** The content shown before the page joined this answer again: see `shownAnswer`. */
  outdated: AnswerContent | null;
  model: string | null;
  usage: Usage | null;
  durationMs: number | null;
  /** RFC 3339: this browser's clock until the transcript is loaded. Null if the turn was started elsewhere. */
  createdAt: string | null;
  remarks: TurnRemark[];
  /** The id of the oldest turn that the model read. Null until the turn ends. */
  historyFrom: string | null;
  /** The id of the newest turn that the model knew only from a summary. Null without a summary. */
  summarisedUntil: string | null;
  /** What the summary made after this turn cost. Null if no summary was due, or the service has not sent it yet. */
  summaryUsage: Usage | null;
  /** Of the title that the model wrote after this turn. Only the transcript has it. */
  titleUsage: Usage | null;
  error: TurnError | null;
  /** What the service had stored when the transcript was loaded. */
  feedback?: Feedback | undefined;
  /** What the model proposes to send next. */
  suggestions?: readonly string[] | undefined;
}

export interface Conversation {
  id: string | null;
  /** The turns of the shown branch. */
  turns: ShownTurn[];
  /** The open turns of all other branches. The page does not show them, but they share the queue. */
  elsewhere: ShownTurn[];
  /** Messages that the person sent and the service has not accepted yet, in order. */
  outbox: OutgoingMessage[];
  /** The turn that the events of the stream belong to. */
  streamingTurnId: string | null;
  /** The cursor of the page before the first turn here. Null if there are no earlier turns. */
  earlierCursor: string | null;
  /** What the next turns run with. */
  settings: ConversationSettings;
}

export const emptyConversation: Conversation = {
  id: null,
  turns: [],
  elsewhere: [],
  outbox: [],
  streamingTurnId: null,
  earlierCursor: null,
  settings: defaultSettings,
};

/** Returns a queued turn of which only the id is known. */
export function newTurn(id: string): ShownTurn {
  return {
    key: id,
    id,
    parent: null,
    versions: [id],
    earlierMessages: [],
    status: "queued",
    attempt: 1,
    parkings: 0,
    message: null,
    text: "",
    reasoning: "",
    tools: [],
    sources: [],
    outdated: null,
    model: null,
    usage: null,
    durationMs: null,
    createdAt: null,
    remarks: [],
    historyFrom: null,
    summarisedUntil: null,
    summaryUsage: null,
    titleUsage: null,
    error: null,
  };
}

export function toTurnError(problem: {
  type: string;
  detail: string;
  resets_at?: string | undefined;
}): TurnError {
  const { type, detail, resets_at: resetsAt = null } = problem;
  return { type, detail, resetsAt };
}
