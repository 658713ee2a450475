import type { NoteStore } from "#lib/notes/note-store.ts";
import type { Config } from "#lib/platform/config.ts";
import { calculator } from "./calculator/calculator.ts";
import { createCurrentTime } from "./current-time.ts";
import { createRecallNotes } from "./recall-notes.ts";
import { createSaveNote } from "./save-note.ts";
import { createSendWebhook } from "./send-webhook.ts";
import type { Tool } from "./tool.ts";

interface ToolParts {
  config: Pick<Config, "environment" | "version" | "webhooks">;
  /** Only for an owner who has turned notes on. */
  notes?: NoteStore | undefined;
}

/** Returns the tools that can work in this deployment and for this owner. */
export function builtInTools({ config, notes }: ToolParts): readonly Tool[] {
  const { webhooks, version, environment } = config;
  const mayUseLoopback = environment === "local";
  return [
    calculator,
    createCurrentTime(() => new Date()),
    ...(notes ? [createSaveNote(notes), createRecallNotes(notes)] : []),
    ...(webhooks.size > 0 ? [createSendWebhook({ webhooks, version, mayUseLoopback })] : []),
  ];
}
