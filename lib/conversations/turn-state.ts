import * as v from "valibot";
import { Approval, TurnState } from "#lib/contract/chat.ts";
import type { Row } from "#lib/platform/postgres.ts";

/** A row of the view `turn_states`. Its approvals stand beside its tools, because they change while the tools rest. */
const TurnRow = v.object({
  ...TurnState.entries,
  approvals: v.nullable(v.array(v.object({ call_id: v.string(), ...Approval.entries }))),
});

/** Reads a row of `turn_states` as the turn's state, in which each tool call has its approval. */
export const StoredTurn = v.pipe(
  TurnRow,
  v.transform(({ approvals, ...turn }): TurnState => {
    if (approvals === null) return turn;
    const byCall = new Map(approvals.map(({ call_id, ...approval }) => [call_id, approval]));
    const tools = turn.tools.map((tool) => {
      const approval = byCall.get(tool.id);
      return approval ? { ...tool, approval } : tool;
    });
    return { ...turn, tools };
  }),
);

export const readTurnState = (row: Row | undefined): TurnState => v.parse(StoredTurn, row);
