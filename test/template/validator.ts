import { RegoEngine } from "@aws/cloudformation-validate";
import type { Template } from "./template.ts";

let engine: InstanceType<typeof RegoEngine> | undefined;

/** Returns the warnings and errors of AWS's own offline validator, one line each. */
export function validate(template: Template): string[] {
  engine ??= new RegoEngine();
  const bytes = Buffer.from(JSON.stringify(template));
  const file = { path: "template.json", readBytes: () => bytes };
  const { diagnostics } = engine.validateStandard(file, { severityLevel: "WARN" });
  return diagnostics.map(
    ({ ruleId, entity, message }) => `${ruleId} ${entity?.logicalId ?? "template"}: ${message}`,
  );
}
