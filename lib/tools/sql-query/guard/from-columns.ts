import { outputName } from "./output-names.ts";
import { bodyOf, listOf, type Tree, textsOf } from "./tree.ts";

/** Returns the names of the columns of JSON_TABLE. */
export function jsonTableColumns({ columns }: Tree): string[] {
  return listOf(columns).flatMap((item) => {
    const column = bodyOf(item, "JsonTableColumn");
    if (!column) return [];
    return typeof column.name === "string" && column.coltype !== "JTC_NESTED"
      ? [column.name]
      : jsonTableColumns(column);
  });
}

/** Returns the name of the called function, without its schema. */
export const functionName = (call: unknown): string | undefined =>
  textsOf(bodyOf(call, "FuncCall")?.funcname).at(-1);

/** Returns the columns of a function in FROM. One that returns one value has one column, with the name of the alias or of the function. */
export function functionColumns(call: unknown, alias: string | undefined): readonly string[] {
  const name = functionName(call) ?? outputName(call);
  return rowFunctions[name] ?? [alias ?? name];
}

const rowFunctions: Record<string, readonly string[]> = {
  json_each: ["key", "value"],
  jsonb_each: ["key", "value"],
  json_each_text: ["key", "value"],
  jsonb_each_text: ["key", "value"],
  json_array_elements: ["value"],
  jsonb_array_elements: ["value"],
  json_array_elements_text: ["value"],
  jsonb_array_elements_text: ["value"],
};
