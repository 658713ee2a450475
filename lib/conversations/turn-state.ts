import * as v from "valibot";
import { Approval, type ToolCall, TurnState } from "#lib/contract/chat.ts";
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
  v.object({ ...TurnState.entries, approvals: StoredApprovals }),
  v.transform(
    ({ approvals, tools, ...turn }): TurnState => ({
      ...turn,
      tools: withApprovals(tools, approvals),
    }),
  ),
);

export const readTurnState = (row: Row | undefined): TurnState => v.parse(StoredTurn, row);
