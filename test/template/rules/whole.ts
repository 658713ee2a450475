import { cutNames } from "#test/template/deployment-calls.ts";
import { stageName } from "./function-name.ts";
import { type Rules, unless } from "./rule.ts";

/** Rules for the whole template: names, outputs, no secret. */
export const wholeRules: Rules = {
  "names contain the stage, so that one account can have two stages": (template) =>
    Object.entries(template.Resources).flatMap(([id, { Properties }]) =>
      namesIn(Properties ?? {}).flatMap((name) =>
        unless(
          name.includes(stageName(template)) || name.startsWith("prod-"),
          `${id} is named ${name}`,
        ),
      ),
    ),

  "no name that CloudFormation generates loses its stage": cutNames,

  "a deployment has the outputs that the next steps need": (template) =>
    [
      "PageUrl",
      "PageBucketName",
      "DistributionId",
      "ApiUrl",
      "StreamUrl",
      "AiSdkUrl",
      "OpenAiUrl",
      "AgUiUrl",
      "McpUrl",
      "DashboardName",
    ].flatMap((name) =>
      unless(Object.hasOwn(template.Outputs, name), `the output ${name} is missing`),
    ),

  "the stack has room among CloudFormation's 500 resources": (template) => {
    const count = Object.keys(template.Resources).length;
    return unless(count <= 480, `${count} resources`);
  },

  "no secret is in the template": (template) => {
    const text = JSON.stringify(template);
    return [
      ...unless(!/postgres(ql)?:\/\//.test(text), "a connection string"),
      ...unless(!/AKIA[0-9A-Z]{16}/.test(text), "an access key"),
    ];
  },
};

/** Returns the names that must be unique in an account. */
function namesIn(properties: object): string[] {
  return Object.entries(properties).flatMap(([key, value]) => {
    if (/^(Name|\w+Name)$/.test(key) && !localNames.includes(key)) {
      return typeof value === "string" ? [value] : [];
    }
    return key.endsWith("Config") && typeof value === "object" && value !== null
      ? namesIn(value)
      : [];
  });
}
const localNames = ["StageName", "PolicyName", "MetricName", "HeaderName", "AttributeName"];
