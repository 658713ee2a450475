import type { ToolCall } from "#lib/contract/chat.ts";

/**
 * A turn must fit into a buffered Lambda response of 6 MB, whatever its tools returned. JSON inside JSON may double the
 * bytes. The gate gives the results of a turn 256 KB of text, which stay whole.
 */
const maxBytes = 2 * 1024 * 1024;
/** JSON writes a control character as six bytes. No UTF-16 unit needs more. */
const maxBytesOfUnit = 6;

/**
 * Returns the tool calls of one turn as JSON of at most 2 MB. If the whole JSON is larger, every output is cut to an equal
 * share, arguments that exceed their share are left out, and so are all tables.
 */
export function storableTools(tools: ToolCall[]): string {
  const calls = tools.map(inOrder);
  const whole = JSON.stringify(calls);
  if (Buffer.byteLength(whole) <= maxBytes) return whole;
  // Half of the space is for outputs, a quarter for arguments, the rest for names and ids.
  const share = Math.floor(maxBytes / tools.length);
  return JSON.stringify(
    calls.map(({ input, output, table: _, ...call }) => ({
      ...call,
      ...(bytesOf(input) <= share / 4 && { input }),
      ...(output !== undefined && { output: cut(output, share / 2 / maxBytesOfUnit) }),
    })),
  );
}

/** Id, name and state come first: so the SQL function `close_tools_of_ended_turn` finds the state of a call in the text. */
const inOrder = ({ id, name, state, progress: _, ...rest }: ToolCall): ToolCall => ({
  id,
  name,
  state,
  ...rest,
});

const bytesOf = (input: unknown): number => Buffer.byteLength(JSON.stringify(input) ?? "");

function cut(output: string, maxUnits: number): string {
  if (output.length <= maxUnits) return output;
  return `${output.slice(0, maxUnits).toWellFormed()}\n… (cut: this turn's tools returned too much)`;
}
