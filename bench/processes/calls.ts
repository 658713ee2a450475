/** The child's side of calls between the benchmark and the processes that it starts. program.ts has the other side. */

type Handler = (argument: never) => unknown;

export interface CallMessage {
  id: number;
  name: string;
  argument: unknown;
}
export interface ReplyMessage {
  id: number;
  result?: unknown;
  error?: string;
}

const handlers = new Map<string, Handler>();
/** Calls that came while the program was still starting. */
let early: CallMessage[] = [];

process.on("message", (message: CallMessage) => {
  if (handlers.has(message.name)) void answer(message);
  else early.push(message);
});
// The process ends when the benchmark does, or when the benchmark no longer needs it.
process.on("disconnect", async () => {
  await handlers.get("close")?.(undefined as never);
  process.exit();
});
// Ctrl-C reaches every process of the terminal. The benchmark handles it and ends this process.
process.on("SIGINT", () => {});

/** Adds functions that the benchmark may call in this process. `close` also runs before the process ends. */
export function answerCalls(added: Record<string, Handler>): void {
  for (const [name, handler] of Object.entries(added)) handlers.set(name, handler);
  const waiting = early;
  early = [];
  for (const message of waiting) process.emit("message", message, undefined);
}

async function answer({ id, name, argument }: CallMessage): Promise<void> {
  const reply: ReplyMessage = { id };
  try {
    reply.result = await handlers.get(name)?.(argument as never);
  } catch (error) {
    reply.error = error instanceof Error ? String(error.stack) : String(error);
  }
  process.send?.(reply);
}
