import type { Language } from "./language.ts";
import { wordFor } from "./word-for.ts";

// Apart from the catalogues, because the page of an approval link loads no other text of the chat.

/** The tools that this page knows, by their names on the wire. */
export const toolNames = {
  en: {
    calculator: "Calculator",
    current_time: "Current time",
    save_note: "Save a note",
    recall_notes: "Read notes",
    send_webhook: "Send to a webhook",
    web_search: "Search the web",
    read_page: "Read a page",
    market_data: "Market prices",
    sql_query: "Ask the database",
    search_documents: "Search the documents",
    read_document: "Read a document",
    list_documents: "List the documents",
  },
  de: {
    calculator: "Rechner",
    current_time: "Uhrzeit",
    save_note: "Notiz speichern",
    recall_notes: "Notizen lesen",
    send_webhook: "An einen Webhook senden",
    web_search: "Im Web suchen",
    read_page: "Seite lesen",
    market_data: "Börsenkurse",
    sql_query: "Datenbank abfragen",
    search_documents: "In den Dokumenten suchen",
    read_document: "Dokument lesen",
    list_documents: "Dokumente auflisten",
  },
} as const satisfies Record<Language, Record<string, string>>;

/**
 * Returns the tool's name in words. A tool that is not in `names` belongs to an MCP server, whose name comes first: "Create
 * ticket · helpdesk" for "helpdesk_create_ticket".
 */
export function toolName(name: string, names: Record<string, string>): string {
  const [, server, tool] = name.match(/^([^_]+)_+(.+)$/) ?? [];
  return wordFor(names, name) ?? (tool ? `${toWords(tool)} · ${server}` : toWords(name));
}

/** Returns "Current time" for "current_time". */
export function toWords(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
