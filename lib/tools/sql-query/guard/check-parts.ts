import {
  allowedFunctions,
  allowedOperators,
  allowedTypes,
  allowedValueFunctions,
  systemColumns,
} from "./allowed-names.ts";
import { allowedNodes, allowedParts, refusedParts } from "./grammar.ts";
import { nearestName } from "./nearest-name.ts";
import { quoted, refuse } from "./refuse.ts";
import { bodyOf, isTree, listOf, nodeOf, type Tree, textsOf } from "./tree.ts";

/** A query that a person reads is far below this. PostgreSQL's own limit is the stack of its process. */
const maxDepth = 250;
/** For functions that make a text of any length out of a short one. */
const maxRepetitions = 1_000;

/**
 * Walks the whole tree. Every node, every field, every function, operator and type must be on its list.
 * @param ownTypes the types of the views' columns, which may be the deployment's own, like an enumeration
 */
export function checkParts(tree: unknown, ownTypes: ReadonlySet<string>): void {
  checkValue(tree, ownTypes, 0);
}

function checkValue(value: unknown, ownTypes: ReadonlySet<string>, depth: number): void {
  if (depth > maxDepth) refuse("The query is nested too deeply. Split it into simpler parts.");
  if (Array.isArray(value)) {
    for (const item of value) checkValue(item, ownTypes, depth);
    return;
  }
  if (!isTree(value)) return;
  if (Object.keys(value).length === 0) return;
  const node = nodeOf(value);
  if (!node) refuse("The query has a part that is not known here.");
  const { name, body } = node;
  const allowed = allowedNodes[name];
  if (!allowed) refuse(`This is not allowed: ${refusedParts[name] ?? plainWords(name)}.`);
  checks[name]?.(body, ownTypes);
  checkFields(body, allowed, ownTypes, depth);
}

function checkFields(
  body: Tree,
  allowed: ReadonlySet<string>,
  ownTypes: ReadonlySet<string>,
  depth: number,
): void {
  for (const [field, value] of Object.entries(body)) {
    if (!allowed.has(field))
      refuse(`This is not allowed: ${refusedParts[field] ?? plainWords(field)}.`);
    const parts = allowedParts[field];
    // A constant's field may be `{}`: the tree leaves zero and false out.
    if (isTree(value) && !nodeOf(value)) {
      if (!parts) refuse(`This is not allowed: ${plainWords(field)}.`);
      if (field === "typeName") checkType(value, ownTypes);
      checkFields(value, parts, ownTypes, depth + 1);
    } else checkValue(value, ownTypes, depth + 1);
  }
}

/** `DropStmt` becomes `drop stmt`: a model still recognises its statement. */
const plainWords = (name: string): string =>
  name
    .replace(/Stmt$/, " statement")
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toLowerCase();

const checks: Record<string, (body: Tree, ownTypes: ReadonlySet<string>) => void> = {
  FuncCall: checkFunction,
  A_Expr: ({ name, kind }) => checkOperator(name, String(kind)),
  SubLink: ({ operName }) => checkOperator(operName, "AEXPR_OP"),
  SortBy: ({ useOp }) => checkOperator(useOp, "AEXPR_OP"),
  SQLValueFunction({ op }) {
    if (!allowedValueFunctions.has(String(op))) {
      const name = String(op).replace("SVFOP_", "");
      refuse(`${name} reads the session, not the data. Only the views can be queried.`);
    }
  },
  ColumnRef({ fields }) {
    const system = textsOf(fields).find((text) => text !== undefined && systemColumns.has(text));
    if (system !== undefined) refuse(`${system} is a system column, and a view has none.`);
  },
};

function checkFunction({ funcname, args }: Tree): void {
  const names = textsOf(funcname);
  const name = names.at(-1) ?? "";
  const isOfSystem = names.length === 1 || (names.length === 2 && names[0] === "pg_catalog");
  if (!isOfSystem || !allowedFunctions.has(name)) {
    const nearest = nearestName(name, allowedFunctions);
    const hint = nearest && nearest !== name ? ` Did you mean ${nearest}?` : "";
    refuse(
      `The function ${names.join(".").slice(0, 130)} is not available. Aggregates, window functions, and functions on text, numbers, dates, JSON and arrays are.${hint}`,
    );
  }
  if (["repeat", "lpad", "rpad"].includes(name)) {
    const size = bodyOf(listOf(args)[1], "A_Const")?.ival;
    if (!isTree(size) || Number(size.ival ?? 0) > maxRepetitions) {
      refuse(`The second argument of ${name} must be a number up to ${maxRepetitions}.`);
    }
  }
  if (name === "format") {
    const template = bodyOf(listOf(args)[0], "A_Const")?.sval;
    if (!isTree(template) || /\*|\d{4}/.test(String(template.sval ?? ""))) {
      refuse("The first argument of format must be a text without a width above 999.");
    }
  }
}

function checkOperator(name: unknown, kind: string): void {
  // BETWEEN has its words as the name, and NULLIF, IS DISTINCT FROM and LIKE the operator that they use.
  if (/BETWEEN/.test(kind)) return;
  const names = textsOf(name);
  if (names.length === 0) return;
  const operator = names.at(-1) ?? "";
  const isOfSystem = names.length === 1 || (names.length === 2 && names[0] === "pg_catalog");
  if (!isOfSystem || !allowedOperators.has(operator)) {
    refuse(`The operator ${names.join(".").slice(0, 80)} is not available.`);
  }
}

function checkType({ names }: Tree, ownTypes: ReadonlySet<string>): void {
  const parts = textsOf(names);
  const name = parts.at(-1) ?? "";
  if (/^reg/.test(name))
    refuse(`A cast to ${name} reads the catalog. Only the views can be queried.`);
  const isOfSystem = parts.length === 1 || (parts.length === 2 && parts[0] === "pg_catalog");
  if (isOfSystem && allowedTypes.has(name)) return;
  if (ownTypes.has(name)) return;
  refuse(
    `The type ${quoted(parts.join("."))} is not available. Use text, numeric, date or timestamptz, for example.`,
  );
}
