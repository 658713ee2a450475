const fields = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/**
 * Every node that a query may consist of, with every field that the node may have. A field that holds no node of its own
 * (`alias`, `over`, `typeName`, `withClause`) is listed in `parts` with its own fields.
 */
export const allowedNodes: Readonly<Record<string, ReadonlySet<string>>> = {
  SelectStmt:
    fields(`distinctClause targetList fromClause whereClause groupClause groupDistinct havingClause windowClause
    valuesLists sortClause limitOffset limitCount limitOption withClause op all larg rarg`),
  ResTarget: fields("name val location"),
  RangeVar: fields("catalogname schemaname relname inh relpersistence alias location"),
  RangeSubselect: fields("lateral subquery alias"),
  RangeFunction: fields("lateral ordinality is_rowsfrom functions alias coldeflist"),
  JoinExpr: fields("jointype isNatural larg rarg usingClause join_using_alias quals alias rtindex"),
  CommonTableExpr: fields(
    "ctename aliascolnames ctematerialized ctequery search_clause cycle_clause location",
  ),
  SubLink: fields("subLinkType subLinkId testexpr operName subselect location"),
  ColumnRef: fields("fields location"),
  A_Star: fields(""),
  A_Const: fields("ival fval boolval sval bsval isnull location"),
  A_Expr: fields("kind name lexpr rexpr location rexpr_list_start rexpr_list_end"),
  A_ArrayExpr: fields("elements location list_start list_end"),
  A_Indirection: fields("arg indirection"),
  A_Indices: fields("is_slice lidx uidx"),
  BoolExpr: fields("boolop args location"),
  NullTest: fields("arg nulltesttype argisrow location"),
  BooleanTest: fields("arg booltesttype location"),
  CaseExpr: fields("arg args defresult location"),
  CaseWhen: fields("expr result location"),
  CoalesceExpr: fields("args location"),
  MinMaxExpr: fields("op args location"),
  NamedArgExpr: fields("arg name argnumber location"),
  RowExpr: fields("args row_format colnames location"),
  TypeCast: fields("arg typeName location"),
  CollateClause: fields("arg collname location"),
  FuncCall:
    fields(`funcname args agg_order agg_filter over agg_within_group agg_star agg_distinct func_variadic funcformat
    location`),
  SQLValueFunction: fields("op typmod location"),
  GroupingFunc: fields("args location"),
  GroupingSet: fields("kind content location"),
  SortBy: fields("node sortby_dir sortby_nulls useOp location"),
  WindowDef: fields(
    `name refname partitionClause orderClause frameOptions startOffset endOffset location`,
  ),
  ColumnDef: fields("colname typeName is_local location"),
  List: fields("items"),
  String: fields("sval"),
  Integer: fields("ival"),
  Float: fields("fval"),
  Boolean: fields("boolval"),
  JsonFuncExpr: fields(
    "op column_name context_item pathspec passing output on_empty on_error wrapper quotes location",
  ),
  JsonArgument: fields("val name"),
  JsonValueExpr: fields("raw_expr formatted_expr format"),
  JsonObjectConstructor: fields("exprs output absent_on_null unique location"),
  JsonArrayConstructor: fields("exprs output absent_on_null location"),
  JsonArrayQueryConstructor: fields("query output format absent_on_null location"),
  JsonKeyValue: fields("key value"),
  JsonObjectAgg: fields("constructor arg absent_on_null unique"),
  JsonArrayAgg: fields("constructor arg absent_on_null"),
  JsonIsPredicate: fields("expr format item_type unique_keys location"),
  JsonParseExpr: fields("expr output unique_keys location"),
  JsonScalarExpr: fields("expr output location"),
  JsonSerializeExpr: fields("expr output location"),
  JsonTable: fields(
    "context_item pathspec passing columns on_empty on_error lateral alias location",
  ),
  JsonTableColumn: fields(
    "coltype name typeName pathspec format wrapper quotes columns on_empty on_error location",
  ),
};

/** Fields that hold a part without a name. `larg` and `rarg` of a set operation hold a query in this form. */
export const allowedParts: Readonly<Record<string, ReadonlySet<string>>> = {
  alias: fields("aliasname colnames"),
  join_using_alias: fields("aliasname colnames"),
  typeName: fields("names typmods typemod arrayBounds location"),
  over: allowedNodes.WindowDef ?? fields(""),
  withClause: fields("ctes recursive location"),
  larg: allowedNodes.SelectStmt ?? fields(""),
  rarg: allowedNodes.SelectStmt ?? fields(""),
  search_clause: fields("search_col_list search_breadth_first search_seq_column location"),
  cycle_clause: fields(
    `cycle_col_list cycle_mark_column cycle_mark_value cycle_mark_default cycle_path_column location`,
  ),
  ival: fields("ival"),
  fval: fields("fval"),
  sval: fields("sval"),
  bsval: fields("bsval"),
  boolval: fields("boolval"),
  context_item: fields("raw_expr formatted_expr format"),
  value: fields("raw_expr formatted_expr format"),
  format: fields("format_type encoding location"),
  output: fields("typeName returning"),
  returning: fields("format"),
  on_empty: fields("btype expr coerce location"),
  on_error: fields("btype expr coerce location"),
  constructor: fields("output agg_filter agg_order over location"),
  pathspec: fields("string name name_location location"),
  arg: fields("key value raw_expr formatted_expr format"),
  collname: fields(""),
};

/** What a node or field that is not allowed does, for the model. */
export const refusedParts: Readonly<Record<string, string>> = {
  intoClause: "SELECT INTO creates a table",
  lockingClause: "FOR UPDATE and FOR SHARE lock rows",
  InsertStmt: "INSERT changes data",
  UpdateStmt: "UPDATE changes data",
  DeleteStmt: "DELETE changes data",
  MergeStmt: "MERGE changes data",
  ParamRef: "there are no parameters; write the values into the query",
  RangeTableSample: "TABLESAMPLE works on tables, and here are views",
  RangeTableFunc: "XML functions are not available",
  XmlExpr: "XML functions are not available",
  XmlSerialize: "XML functions are not available",
  SetToDefault: "DEFAULT has no meaning in a query",
  CurrentOfExpr: "CURRENT OF is for cursors",
};
