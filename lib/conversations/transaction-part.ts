import type { Row, Statement } from "#lib/platform/postgres.ts";

/**
 * Consecutive statements of a transaction, and the function that reads their rows. Parts are joined into one transaction,
 * so that several steps cost one database request.
 */
export interface TransactionPart<Result> {
  statements: Statement[];
  /** @param rows the rows of each statement of this part, in order */
  read(rows: readonly Row[][]): Result;
}

/** Returns a part of named statements, which run in this order. An undefined statement is left out and returns no rows. */
export function partOf<Name extends string, Result>(
  statements: Record<Name, Statement | undefined>,
  read: (rows: Partial<Record<Name, Row[]>>) => Result,
): TransactionPart<Result> {
  const names = (Object.keys(statements) as Name[]).filter((name) => statements[name]);
  return {
    statements: names.flatMap((name) => statements[name] ?? []),
    read(rows) {
      const byName: Partial<Record<Name, Row[]>> = {};
      for (const [index, name] of names.entries()) byName[name] = rows[index];
      return read(byName);
    },
  };
}

/** Returns a part that runs both parts in order. The second part's statements see what the first part's have written. */
export function joinParts<First, Second>(
  first: TransactionPart<First>,
  second: TransactionPart<Second>,
): TransactionPart<[First, Second]> {
  const firstCount = first.statements.length;
  return {
    statements: [...first.statements, ...second.statements],
    read: (rows) => [first.read(rows.slice(0, firstCount)), second.read(rows.slice(firstCount))],
  };
}
