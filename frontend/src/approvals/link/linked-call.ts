import * as v from "valibot";
import { requestJson } from "#frontend/api/request.ts";
import { ToolCall } from "#lib/contract/chat.ts";
import type { Decision } from "../decision.ts";

/** The one call that an approval link shows. */
export type LinkedCall = v.InferOutput<typeof LinkedCall>;
const LinkedCall = v.object({ conversation_id: v.string(), turn_id: v.string(), call: ToolCall });

// Each function throws an `ApiProblem`.

export async function getLinkedCall(token: string): Promise<LinkedCall> {
  const query = new URLSearchParams({ link: token });
  return await requestJson(`/api/v1/chat/decision?${query}`, LinkedCall);
}

/** The same decision sent again has the same result. */
export async function decideLinkedCall(
  token: string,
  { conversation_id, turn_id, call }: LinkedCall,
  decision: Decision,
  note: string | undefined,
): Promise<void> {
  const { id: call_id, approval } = call;
  const { arguments_sha256 } = approval ?? {};
  await requestJson("/api/v1/chat/decision", v.object({}), {
    method: "POST",
    body: { conversation_id, turn_id, call_id, arguments_sha256, decision, note, link: token },
  });
}
