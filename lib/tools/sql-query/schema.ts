/** What a model may query: the views of one schema, as the analytics role sees them. */
export interface SqlSchema {
  readonly name: string;
  /** The comment of the schema. */
  readonly comment?: string | undefined;
  readonly views: readonly SqlView[];
}

export interface SqlView {
  readonly name: string;
  readonly comment?: string | undefined;
  readonly columns: readonly SqlColumn[];
}

export interface SqlColumn {
  readonly name: string;
  /** As PostgreSQL's `format_type` writes it, like `numeric(10,2)`. */
  readonly type: string;
  readonly comment?: string | undefined;
  /** All values of a column that has few, by PostgreSQL's statistics or by a comment. */
  readonly values?: readonly string[] | undefined;
}
