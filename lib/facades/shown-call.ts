import type { ToolCall } from "#lib/contract/chat.ts";

/** A call without arguments has an empty input: clients refuse a call without one. */
export const inputOf = ({ input = {} }: ToolCall): unknown => input;
export const outputOf = ({ output = "" }: ToolCall): string => output;

/** Returns why a call has no result. */
export const errorOf = ({ state, output }: ToolCall): string =>
  output ?? sentences[state] ?? "This call has failed.";

const sentences: Partial<Record<ToolCall["state"], string>> = {
  unknown: "It is unknown whether this call has had its effect.",
  denied: "A person has denied this call.",
};

/** A client names an approval by this id. It says which call was decided, and with which arguments. */
export const approvalIdOf = (callId: string, argumentsSha256: string): string =>
  `${callId}:${argumentsSha256}`;

/** Returns the fields of a decision that an id of an approval names. They are still unchecked. */
export function approvedCall(approvalId: string) {
  const [call_id = "", arguments_sha256] = approvalId.split(":");
  const [turn_id] = call_id.split(".");
  return { turn_id, call_id, arguments_sha256 };
}
