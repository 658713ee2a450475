import * as v from "valibot";

/** The longest id of a run, in UTF-16 units: each stream repeats it. */
const maxRunIdLength = 200;

const AgUiMessage = v.looseObject({
  id: v.string(),
  role: v.picklist(
    ["user", "assistant", "tool", "reasoning", "activity"],
    'must be "user", "assistant", "tool", "reasoning" or "activity": instructions are a setting of the conversation',
  ),
});
export type AgUiMessage = v.InferOutput<typeof AgUiMessage>;

const ThreadId = v.string("must be the id of a thread");

/** The query that names a thread. */
export const AgUiThread = v.object({ threadId: ThreadId });

/**
 * What the `HttpAgent` of AG-UI 1.0 sends. `state`, `forwardedProps`, `parentRunId` and `protocolVersion` pass unread.
 */
export const AgUiRequest = v.object({
  /** Any text of 1 to 200 UTF-16 units. The first message begins the thread. */
  threadId: ThreadId,
  runId: v.pipe(
    v.string("must be the id of a run"),
    v.maxLength(maxRunIdLength, `must have at most ${maxRunIdLength} characters`),
  ),
  messages: v.array(AgUiMessage, "must be the messages of the thread"),
  /** Tools that the client runs. */
  tools: v.nullish(
    v.array(
      v.object({
        name: v.unknown(),
        description: v.optional(v.unknown()),
        parameters: v.optional(v.unknown()),
      }),
    ),
  ),
  /** The model reads the person's message alone, so that each client of a conversation sees what the model saw. */
  context: v.nullish(
    v.pipe(
      v.array(v.unknown()),
      v.maxLength(0, "is not supported: write what the model needs into the message"),
    ),
  ),
  /** The person's answers to the interrupts of an earlier run. */
  resume: v.nullish(
    v.array(
      v.object({
        interruptId: v.string(),
        status: v.picklist(["resolved", "cancelled"], 'must be "resolved" or "cancelled"'),
        payload: v.optional(v.unknown()),
      }),
    ),
  ),
});
export type AgUiRequest = v.InferOutput<typeof AgUiRequest>;
