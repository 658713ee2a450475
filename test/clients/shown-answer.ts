import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import { answerParts } from "#lib/facades/answer-parts.ts";
import type { ScriptedService } from "./scripted-service.ts";

/** What a client of any protocol shows of an answer. */
export interface ShownAnswer {
  parts: ShownPart[];
  /** `broken`: the client knows that it does not have the whole answer. */
  outcome: "done" | "stopped" | "failed" | "waiting" | "broken";
}

export type ShownPart =
  | { text: string }
  | { call: string; state: "open" | "done" | "failed"; output?: string | undefined };

/** The real client of a protocol in front of the encoder of that protocol. */
export interface ProtocolClient {
  /**
   * Opens the stream: at first with the message, then as this client comes back. Reads it until it ends or breaks off.
   */
  read(): Promise<ShownAnswer>;
}

export interface ProtocolUnderTest {
  name: string;
  createClient(service: ScriptedService): ProtocolClient;
  /** Which calls the client shows. Some protocols have no words for a call that has not ended: the answer then stops before it. */
  shows: "every call" | "calls that have ended" | "no call";
}

/** Returns what a client must show of a turn. */
export function answerOf(row: TurnState, shows: ProtocolUnderTest["shows"]): ShownPart[] {
  const parts = answerParts(row.result ?? row.partial ?? "", row.tools).map(
    (part): ShownPart => (part.type === "text" ? { text: part.text } : shownCall(part.tool)),
  );
  return joined(shownParts(parts, shows));
}

function shownParts(parts: ShownPart[], shows: ProtocolUnderTest["shows"]): ShownPart[] {
  if (shows === "no call") return parts.filter((part) => "text" in part);
  const open = parts.findIndex((part) => "state" in part && part.state === "open");
  return shows === "every call" || open === -1 ? parts : parts.slice(0, open);
}

function shownCall({ id, state, output }: ToolCall): ShownPart {
  if (state === "done") return { call: id, state, output };
  return { call: id, state: state === "running" || state === "waiting" ? "open" : "failed" };
}

/** Joins texts that stand side by side: protocols divide them in different places. */
export function joined(parts: readonly ShownPart[]): ShownPart[] {
  const all: ShownPart[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (last && "text" in last && "text" in part)
      all.splice(-1, 1, { text: last.text + part.text });
    else if (!("text" in part) || part.text !== "") all.push(part);
  }
  return all;
}
