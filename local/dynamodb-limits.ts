import { createRequire } from "node:module";

/** Of any expression, in bytes as it is sent: 4,096 are taken, 4,097 refused. */
const maxExpressionBytes = 4_096;
const maxOperators = 300;

const expressions = [
  "UpdateExpression",
  "ConditionExpression",
  "FilterExpression",
  "KeyConditionExpression",
  "ProjectionExpression",
];
const operations = ["getItem", "putItem", "updateItem", "deleteItem", "query", "scan"];

/** A function with its parenthesis, a comparison or an arithmetic sign; a name or a value in between is skipped. */
const operator =
  /\b(?:if_not_exists|list_append|attribute_\w+|begins_with|contains|size)\s*\(|<>|<=|>=|[<>=+]|(?<=\s)-(?=\s)|\b(?:between|in)\b/gi;

type Data = Record<string, unknown>;
interface Validation {
  custom?: (data: Data, store: unknown) => string | undefined;
}

let isEnforced = false;

/** Makes dynalite, which takes an expression of any size, refuse what DynamoDB refuses, in DynamoDB's words. */
export function enforceExpressionLimits(): void {
  if (isEnforced) return;
  isEnforced = true;
  const require = createRequire(import.meta.url);
  for (const operation of operations) {
    const validation: Validation = require(`dynalite/validations/${operation}`);
    const { custom } = validation;
    validation.custom = (data, store) => limitFault(data) ?? custom?.(data, store);
  }
}

function limitFault(data: Data): string | undefined {
  for (const name of expressions) {
    const expression = data[name];
    if (typeof expression !== "string") continue;
    const bytes = Buffer.byteLength(expression);
    if (bytes > maxExpressionBytes) {
      return `Invalid ${name}: Expression size has exceeded the maximum allowed size; expression size: ${bytes}`;
    }
    const count = operatorsOf(name, expression);
    if (count > maxOperators) {
      return `Invalid ${name}: The expression contains too many operators; operator count: ${count}`;
    }
  }
  return undefined;
}

/** An update's "=" assigns, which is no operator: `SET a = :x + :y + :z` has two. */
function operatorsOf(name: string, expression: string): number {
  const found = expression.match(operator) ?? [];
  return name === "UpdateExpression" ? found.filter((sign) => sign !== "=").length : found.length;
}
