import { isJsonObject, parseJson } from "#lib/platform/json.ts";
import { excuse } from "#local/bedrock/demo/outcome.ts";
import { presentResult } from "#local/bedrock/demo/present-result.ts";
import {
  findTool,
  type PlannedCall,
  type Question,
  type Skill,
  type Work,
} from "#local/bedrock/demo/skill.ts";

const request = /^(?:call|rufe)\s/iu;
const toolAndArguments = /([a-z][\w-]*)\s+(?=\{)/giu;

/**
 * Calls the tools that a message names together with their arguments: "Call get_weather {"city":"Rome"} and calculator
 * {"expression":"1+1"}". So a program can try the tools that it declares.
 */
export const namedCalls: Skill = (question) => {
  if (!request.test(question.text)) return undefined;
  const calls = [...question.text.matchAll(toolAndArguments)].flatMap((found) => {
    const [whole, name = ""] = found;
    const tool = findTool(question, name.replaceAll("-", "_"));
    const input = firstObject(question.text.slice(found.index + whole.length));
    return tool && input ? [{ tool, input }] : [];
  });
  return calls.length > 0 ? makeCalls(question, calls) : undefined;
};

function* makeCalls(question: Question, calls: PlannedCall[]): Work {
  const outcomes = yield { calls, announcement: "" };
  return outcomes
    .map((outcome, index) => {
      const name = calls[index]?.tool.name ?? "";
      return outcome.state === "done"
        ? `\`${name}\`: ${presentResult(outcome.text, question.language)}`
        : excuse(outcome, name, question);
    })
    .join("\n\n");
}

/** Returns the JSON object with which the text begins. */
function firstObject(text: string): Record<string, unknown> | undefined {
  for (let end = text.indexOf("}"); end >= 0; end = text.indexOf("}", end + 1)) {
    const value = parseJson(text.slice(0, end + 1));
    if (isJsonObject(value)) return value;
  }
  return undefined;
}
