import { type PlotKind, plotKinds } from "#frontend/plots/choose-plot.ts";

/** What the model asked a tool with a table for. */
export interface TableRequest {
  title?: string;
  sql?: string;
  /** Null leaves the choice to the page. */
  plot: PlotKind | null;
}

/** Reads the input of a tool call, which can be anything. */
export function readRequest(input: unknown): TableRequest {
  const fields: Record<string, unknown> =
    typeof input === "object" && input !== null ? { ...input } : {};
  const textOf = (name: string) => {
    const value = fields[name];
    return typeof value === "string" && value.trim() !== "" ? value : undefined;
  };
  const [title, sql] = [textOf("title"), textOf("sql")];
  const { plot } = fields;
  return {
    ...(title === undefined ? {} : { title }),
    ...(sql === undefined ? {} : { sql }),
    plot: plotKinds.find((kind) => kind === plot) ?? null,
  };
}
