export { answerText } from "./answer-text.ts";
export { type Client, type ClientOptions, createClient, type SendOptions } from "./client.ts";
export { type Problem, ProblemError } from "./problem.ts";
export { type ChatEvent, readEvents } from "./read-events.ts";
export type { RequestOf, ResponseOf, Route } from "./routes.ts";
export type { components, paths } from "./schema.ts";
