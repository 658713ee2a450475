const number = new Intl.NumberFormat("en");
const format = (value: number) => number.format(value);
const rowsOf = (count: number) => `${format(count)} ${count === 1 ? "row" : "rows"}`;

/** The texts of tables, plots and sources. Loads with the first of them, in every language. */
export const resultEnglish = {
  yes: "yes",
  no: "no",
  rows: (count: number, total: number) =>
    count === total ? rowsOf(total) : `${format(count)} of ${rowsOf(total)}`,
  cut: "The result was too large: the last rows are missing here.",
  noRows: "No rows",
  showRows: (count: number) => `Show all ${rowsOf(count)}`,
  showFewer: "Show fewer rows",
  download: "Download CSV",
  /** The name of a file without a title of its own. */
  fileName: "table",
  sql: "SQL",
  plotKinds: { bar: "Bar chart", line: "Line chart", scatter: "Scatter plot" },
  /** `series` has one part for each series, made by `plotSeries`. */
  plot: (kind: string, axis: string, series: string) => `${kind} by ${axis}. ${series}`,
  plotSeries: (
    name: string,
    lowest: string,
    lowestAt: string,
    highest: string,
    highestAt: string,
  ) => `${name}: lowest ${lowest} (${lowestAt}), highest ${highest} (${highestAt}).`,
  noPlot: {
    tooManyNames: "No chart: the result has more than 50 names.",
    noNumbers: "No chart: the result has no numbers to draw.",
  },
  sources: "Sources",
  showSources: (count: number) => `Show all ${format(count)} sources`,
  showDetails: "Show excerpts",
  showLess: "Show less",
  /** What a part of a document is called, with its number. */
  part: {
    page: (number: number) => `Page ${format(number)}`,
    slide: (number: number) => `Slide ${format(number)}`,
    sheet: (number: number) => `Sheet ${format(number)}`,
    section: (number: number) => `Section ${format(number)}`,
  },
  /** What the check of an answer has found. */
  checked: {
    openQuotation: "Found in the document. Opens it at these words.",
    verified: "Quote checked",
    unverified: "Not verified",
    unverifiedReason: "These words were not found in the source that the answer names.",
    longestRun: (words: string) => `The longest match is “${words}”.`,
    removed: "Document deleted",
    removedReason:
      "These words were found in the source when the answer was written. The document has been deleted since.",
    unsourcedNumber:
      "This number is in no passage, tool result or message that this answer is based on.",
  },
};

export type ResultTexts = typeof resultEnglish;
