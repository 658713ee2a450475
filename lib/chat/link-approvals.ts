import type { ApprovalLinks } from "#lib/auth/approval-link.ts";
import type { ToolCall, TurnState } from "#lib/contract/chat.ts";

export interface LinkApprovals {
  /** Missing if nobody reads the events. */
  approvalLinks?: Pick<ApprovalLinks, "linkTo"> | undefined;
}

/** Returns the turn with a link in each approval that is open. Links are never stored. */
export async function linkApprovals(
  turn: TurnState,
  { approvalLinks }: LinkApprovals,
): Promise<TurnState> {
  if (turn.status !== "waiting" || !approvalLinks) return turn;
  const link = async (call: ToolCall): Promise<ToolCall> => {
    const { approval } = call;
    if (approval?.state !== "open") return call;
    const linkedCall = {
      conversationId: turn.conversation_id,
      turnId: turn.turn_id,
      callId: call.id,
      argumentsSha256: approval.arguments_sha256,
      expiresAt: new Date(approval.expires_at),
    };
    return { ...call, approval: { ...approval, link: await approvalLinks.linkTo(linkedCall) } };
  };
  return { ...turn, tools: await Promise.all(turn.tools.map(link)) };
}
