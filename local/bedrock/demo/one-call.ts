import type { ToolSpecification } from "#local/bedrock/converse-request.ts";
import { excuse } from "./outcome.ts";
import type { Question, Reply, Work } from "./skill.ts";

interface Call {
  tool: ToolSpecification;
  input: Record<string, unknown>;
  announcement: string;
}

/** Makes one call, and replies with what `present` makes of its result, or says why there is none. */
export function* oneCall(
  question: Question,
  { tool, input, announcement }: Call,
  present: (result: string) => Reply,
): Work {
  const [outcome] = yield { calls: [{ tool, input }], announcement };
  if (outcome?.state === "done") return present(outcome.text);
  return outcome ? excuse(outcome, tool.name, question) : "";
}
