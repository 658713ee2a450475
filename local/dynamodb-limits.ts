import { createRequire } from "node:module";

/** Bytes of one expression as sent. DynamoDB accepts 4,096 and refuses 4,097. */
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

/** Matches a function with its parenthesis, a comparison or an arithmetic sign. */
const operator =
  /\b(?:if_not_exists|list_append|attribute_\w+|begins_with|contains|size)\s*\(|<>|<=|>=|[<>=+]|(?<=\s)-(?=\s)|\b(?:between|in)\b/gi;

type Data = Record<string, unknown>;
interface Validation {
  custom?: (data: Data, store: unknown) => string | undefined;
}

let isEnforced = false;

/** Makes dynalite refuse too large expressions with DynamoDB's messages. dynalite itself accepts any size. */
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
    const count = countOperators(name, expression);
    if (count > maxOperators) {
      return `Invalid ${name}: The expression contains too many operators; operator count: ${count}`;
    }
  }
  return undefined;
}

/** In an update "=" assigns and is no operator: `SET a = :x + :y + :z` has two operators. */
function countOperators(name: string, expression: string): number {
  const found = expression.match(operator) ?? [];
  return name === "UpdateExpression" ? found.filter((sign) => sign !== "=").length : found.length;
}
