import { ofType, type Template, textAt } from "#test/template/template.ts";

/** Returns the name of the function's folder, such as `chat-post`. */
export const nameOf = (lambda: unknown): string =>
  textAt(lambda, "Properties.Handler").split("/")[1] ?? "";

/** Returns the first part of the function's name, such as `enterprise-agentic-ai-prod`. */
export const stageOf = (lambda: unknown): string =>
  textAt(lambda, "Properties.FunctionName").replace(`-${nameOf(lambda)}`, "");

export function stageName(template: Template): string {
  const [[, lambda] = []] = ofType(template, "AWS::Lambda::Function");
  return stageOf(lambda);
}
