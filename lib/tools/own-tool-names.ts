/** This system's own tools. No other tool may take their names: a rule of the policy names tools. */
export const ownToolNames: ReadonlySet<string> = new Set([
  ...["calculator", "current_time", "save_note", "recall_notes", "send_webhook"],
  ...["web_search", "read_page", "market_data", "sql_query"],
  ...["search_documents", "list_documents", "read_document"],
]);
