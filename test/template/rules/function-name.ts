import { ofType, type Template, textAt } from "#test/template/template.ts";

/** `chat-post`: its folder */
export const nameOf = (lambda: unknown): string =>
  textAt(lambda, "Properties.Handler").split("/")[1] ?? "";

/** `enterprise-agentic-ai-prod`: the function is named after it and itself. */
export const stageOf = (lambda: unknown): string =>
  textAt(lambda, "Properties.FunctionName").replace(`-${nameOf(lambda)}`, "");

export function stageName(template: Template): string {
  const [[, lambda] = []] = ofType(template, "AWS::Lambda::Function");
  return stageOf(lambda);
}
