import { bodyOf, isTree, listOf, nodeOf, textsOf } from "./tree.ts";

/** The name that PostgreSQL gives to a column of a result without AS (FigureColname in parse_target.c). */
export function outputName(value: unknown): string {
  return figuredName(value) ?? "?column?";
}

function figuredName(value: unknown): string | undefined {
  const node = nodeOf(value);
  if (!node) return undefined;
  const { name, body } = node;
  switch (name) {
    case "ColumnRef":
      return textsOf(body.fields).findLast((text) => text !== undefined);
    case "A_Indirection":
      return (
        textsOf(body.indirection).findLast((text) => text !== undefined) ?? figuredName(body.arg)
      );
    case "FuncCall":
      return textsOf(body.funcname).at(-1);
    case "TypeCast":
      return (
        figuredName(body.arg) ??
        (isTree(body.typeName) ? textsOf(body.typeName.names).at(-1) : undefined)
      );
    case "CollateClause":
      return figuredName(body.arg);
    case "CaseExpr":
      return figuredName(body.defresult) ?? "case";
    case "A_Expr":
      return body.kind === "AEXPR_NULLIF" ? "nullif" : undefined;
    case "SubLink":
      return subLinkName(body.subLinkType, body.subselect);
    case "MinMaxExpr":
      return body.op === "IS_LEAST" ? "least" : "greatest";
    case "SQLValueFunction":
      return String(body.op).replace("SVFOP_", "").replace(/_N$/, "").toLowerCase();
    default:
      return fixedNames[name];
  }
}

const fixedNames: Record<string, string> = {
  A_ArrayExpr: "array",
  CoalesceExpr: "coalesce",
  RowExpr: "row",
  GroupingFunc: "grouping",
  JsonObjectConstructor: "json_object",
  JsonArrayConstructor: "json_array",
  JsonArrayQueryConstructor: "json_array",
  JsonObjectAgg: "json_objectagg",
  JsonArrayAgg: "json_arrayagg",
  JsonParseExpr: "json",
  JsonScalarExpr: "json_scalar",
  JsonSerializeExpr: "json_serialize",
};

function subLinkName(type: unknown, subselect: unknown): string | undefined {
  if (type === "EXISTS_SUBLINK") return "exists";
  if (type === "ARRAY_SUBLINK") return "array";
  if (type !== "EXPR_SUBLINK") return undefined;
  let select = bodyOf(subselect, "SelectStmt");
  while (isTree(select?.larg)) select = select.larg;
  const first = bodyOf(listOf(select?.targetList)[0], "ResTarget");
  return first && (typeof first.name === "string" ? first.name : figuredName(first.val));
}
