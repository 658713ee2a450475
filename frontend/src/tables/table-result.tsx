import { type ReactNode, useId, useMemo } from "react";
import { CodeBlock } from "#frontend/chat/answer/code-block.tsx";
import markdown from "#frontend/chat/markdown/markdown.module.css";
import { choosePlot } from "#frontend/plots/choose-plot.ts";
import { LatePlots } from "#frontend/plots/late-plots.tsx";
import { useResultTexts } from "#frontend/texts/use-result-texts.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { CopyButton } from "#frontend/ui/copy-button.tsx";
import { download, fileNameOf } from "#frontend/ui/download.ts";
import type { Table } from "#lib/contract/table.ts";
import { DataTable } from "./data-table.tsx";
import { readRequest } from "./read-request.ts";
import styles from "./table-result.module.css";
import { byteOrderMark, toCsv } from "./to-csv.ts";

/** The table that a tool returned: a plot if the table has the shape for one, the rows, a download, and the query. */
export function TableResult({
  table,
  input,
  toolName,
}: {
  table: Table;
  /** What the model asked the tool for. */
  input: unknown;
  toolName: string;
}): ReactNode {
  const texts = useResultTexts();
  const { copy } = useTexts();
  const id = useId();
  const { title = toolName, sql, plot: wanted } = useMemo(() => readRequest(input), [input]);
  const plot = useMemo(() => choosePlot(table, wanted), [table, wanted]);
  const save = () => {
    const name = `${fileNameOf(title, texts.fileName)}.csv`;
    download(name, "text/csv", byteOrderMark + toCsv(table));
  };
  return (
    <figure className={styles.result} aria-labelledby={id}>
      <figcaption className={styles.title} id={id} dir="auto">
        {title}
      </figcaption>
      {typeof plot === "string" && <p className={styles.aside}>{texts.noPlot[plot]}</p>}
      {plot !== null && typeof plot === "object" && <LatePlots plot={plot} />}
      {table.columns.length > 0 && <DataTable table={table} label={title} />}
      <div className={styles.below}>
        <span className={styles.aside}>
          {texts.rows(table.rows.length, table.total_rows)}
          {table.is_cut && ` · ${texts.cut}`}
        </span>
        <span className={styles.actions}>
          <CopyButton text={() => toCsv(table)} label={copy.csv} />
          <button className={button.plain} type="button" onClick={save}>
            {texts.download}
          </button>
        </span>
      </div>
      {sql !== undefined && (
        <details className={styles.query}>
          <summary>{texts.sql}</summary>
          <div className={markdown.markdown}>
            <CodeBlock code={sql} language="sql" />
          </div>
        </details>
      )}
    </figure>
  );
}
