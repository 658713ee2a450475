import { AnswerTools } from "./answer-tools.tsx";
import { CodeTools } from "./code-tools.tsx";
import { QuoteButton } from "./quote-button.tsx";
import { SortableTable } from "./sortable-table.tsx";
import { Suggestions } from "./suggestions.tsx";

/** What a person can do with answers beside reading them. Loads with their first action on the page. */
export const readingTools = {
  AnswerTools,
  CodeTools,
  QuoteButton,
  SortableTable,
  Suggestions,
};
