/** A row of the table. Its figures are in bench/results.json under the same id. */
export interface Row {
  id: string;
  /** The section that measures the row. */
  section: SectionName;
  label: string;
  unit: "ms" | "bytes" | "MB" | "KB" | "s" | "" | "times" | "a second";
}

export const sectionNames = [
  "turns",
  "requests",
  "cold",
  "parallel",
  "facades",
  "growth",
  "idle",
  "page",
  "start",
] as const;
export type SectionName = (typeof sectionNames)[number];

const turns = (id: string, label: string, unit: Row["unit"] = "ms"): Row => ({
  id,
  section: "turns",
  label,
  unit,
});
const requests = (id: string, label: string, unit: Row["unit"] = ""): Row => ({
  id,
  section: "requests",
  label,
  unit,
});
const cold = (id: string, label: string): Row => ({ id, section: "cold", label, unit: "ms" });
const facade = (id: string, client: string, what = "First token"): Row => ({
  id,
  section: "facades",
  label: `${what} for ${client} over that of our own route, function called directly`,
  unit: "times",
});
const growth = (id: string, label: string, unit: Row["unit"]): Row => ({
  id,
  section: "growth",
  label,
  unit,
});

export const rows: readonly Row[] = [
  turns("first-token", "First token, tokens at 0 ms, function called directly"),
  turns("turn-end", "End of the turn, tokens at 0 ms, function called directly"),
  turns(
    "first-token-over-model",
    "First token over the model's own time, tokens every 10 ms, function called directly",
  ),
  turns("twin-first-token", "First token, tokens at 0 ms, function URL of the twin"),
  turns(
    "twin-first-token-over-model",
    "First token over the model's own time, tokens every 10 ms, function URL of the twin",
  ),
  turns("cpu", "Processor time of a turn, warm"),
  turns("memory", "Memory after all turns of one process", "MB"),
  turns("body-bytes", "Response, tokens at 0 ms, for each token", "bytes"),
  turns("body-bytes-slow", "Response, tokens every 10 ms, for each token", "bytes"),
  turns("gzip-bytes", "The same for a client that accepts gzip, tokens at 0 ms", "bytes"),
  turns("gzip-bytes-slow", "The same for a client that accepts gzip, tokens every 10 ms", "bytes"),
  turns("gzip-first-token", "First token, tokens at 0 ms, for a client that accepts gzip"),
  turns("answer-bytes", "Only the events with text, tokens at 0 ms, for each token", "bytes"),
  turns(
    "answer-bytes-slow",
    "Only the events with text, tokens every 10 ms, for each token",
    "bytes",
  ),
  requests("program-requests-in-series", "Requests in series before the model is called, program"),
  requests("page-requests-in-series", "Requests in series before the model is called, page"),
  requests("database-requests", "Database requests of a turn"),
  requests("program-first-token-distant", "First token of a program, stores 5 ms away", "ms"),
  requests(
    "page-first-token-distant",
    "First token of the page's requests, stores 5 ms away",
    "ms",
  ),
  cold("cold", "New instance: init on a whole core, and first token at 0.58 of a core"),
  cold("cold-init", "New instance, init on a whole core"),
  cold("cold-first-token", "New instance, first token of the first turn at 0.58 of a core"),
  cold("cold-cpu", "New instance, processor time until the first token"),
  {
    id: "turns-per-second",
    section: "parallel",
    label: "Turns, eight at once, function URL of the twin",
    unit: "a second",
  },
  facade("facade-ai-sdk", "the AI SDK"),
  facade("facade-openai-responses", "OpenAI's Responses"),
  facade("facade-openai-chat-completions", "OpenAI's Chat Completions"),
  facade("facade-ag-ui", "AG-UI"),
  facade("facade-mcp", "a call of MCP's tool `ask`", "End of the turn"),
  growth("growth-48000", "First token of turn 500 over turn 10, thread of 48,000 tokens", "times"),
  growth("growth-4000", "First token of turn 500 over turn 10, thread of 4,000 tokens", "times"),
  growth("stored-48000", "Database after 500 turns, thread of 48,000 tokens", "MB"),
  growth("stored-4000", "Database after 500 turns, thread of 4,000 tokens", "MB"),
  growth("vacuumed-48000", "The same after a VACUUM, thread of 48,000 tokens", "MB"),
  growth("vacuumed-4000", "The same after a VACUUM, thread of 4,000 tokens", "MB"),
  {
    id: "idle-requests",
    section: "idle",
    label: "Database requests in 60 s with an open page and no message",
    unit: "",
  },
  {
    id: "live-health-requests",
    section: "idle",
    label: "Requests of `GET /health?live=1`",
    unit: "",
  },
  {
    id: "page-first-token",
    section: "page",
    label: "Page, from Enter to the first token over the model's own time, 40 ms round trip",
    unit: "ms",
  },
  {
    id: "page-scripts",
    section: "page",
    label: "Page, gzipped scripts before the login paints",
    unit: "KB",
  },
  {
    id: "start-first",
    section: "start",
    label: "`npm start` after `npm ci` until the page responds",
    unit: "s",
  },
  {
    id: "start-first-function",
    section: "start",
    label: "`npm start` after `npm ci` until a function responds",
    unit: "s",
  },
  {
    id: "start-later",
    section: "start",
    label: "`npm start` again until the page responds",
    unit: "s",
  },
  {
    id: "start-later-function",
    section: "start",
    label: "`npm start` again until a function responds",
    unit: "s",
  },
];
