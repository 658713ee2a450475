import * as v from "valibot";
import { Approval, Suggestions, type ToolCall, TurnState } from "#lib/contract/chat.ts";
import { Citation, UnsourcedNumber } from "#lib/contract/citation.ts";
import { Feedback } from "#lib/contract/feedback.ts";
import type { Row } from "#lib/platform/postgres.ts";

/** The decisions about a turn's calls, as the SQL function `approvals_of_turn` returns them. */
export const StoredApprovals = v.nullable(
  v.array(v.object({ call_id: v.string(), ...Approval.entries })),
);

/** Returns the calls, each with the decision about it. */
export function withApprovals(
  tools: ToolCall[],
  approvals: v.InferOutput<typeof StoredApprovals>,
): ToolCall[] {
  if (approvals === null) return tools;
  const byCall = new Map(approvals.map(({ call_id, ...approval }) => [call_id, approval]));
  return tools.map((tool) => {
    const approval = byCall.get(tool.id);
    return approval ? { ...tool, approval } : tool;
  });
}

/** Reads a row of `turn_states` as the turn's state. */
export const StoredTurn = v.pipe(
  v.object({
    ...TurnState.entries,
    citations: v.nullable(v.array(Citation)),
    unsourced_numbers: v.nullable(v.array(UnsourcedNumber)),
    suggestions: v.nullable(Suggestions),
    feedback: v.nullable(Feedback),
    restarts: v.nullable(v.number()),
    approvals: StoredApprovals,
  }),
  v.transform(
    ({
      approvals,
      tools,
      citations,
      unsourced_numbers,
      suggestions,
      feedback,
      restarts,
      ...turn
    }): TurnState => ({
      ...turn,
      tools: withApprovals(tools, approvals),
      ...(citations && { citations }),
      ...(unsourced_numbers && { unsourced_numbers }),
      ...(suggestions && { suggestions }),
      ...(feedback && { feedback }),
      ...(restarts && { restarts }),
    }),
  ),
);

export const readTurnState = (row: Row | undefined): TurnState => v.parse(StoredTurn, row);
