import type { ToolCall } from "#lib/contract/chat.ts";

/**
 * A Lambda's buffered response holds 6 MB, and JSON inside that JSON may double: a turn has to fit whatever its tools
 * returned. Sixteen outputs of 64 KB of text are 1 MB.
 */
const maxBytes = 2 * 1024 * 1024;
/** JSON writes a control character as six bytes; no UTF-16 unit needs more. */
const maxBytesOfUnit = 6;

/** The tool calls of one turn as JSON of at most 2 MB. Beyond that every output is cut to its share of the space. */
export function storableTools(tools: ToolCall[]): string {
  const whole = JSON.stringify(tools);
  if (Buffer.byteLength(whole) <= maxBytes) return whole;
  // Half of the space is for outputs, a quarter for arguments, the rest for names and ids.
  const share = Math.floor(maxBytes / tools.length);
  return JSON.stringify(
    tools.map(({ input, output, ...call }) => ({
      ...call,
      ...(bytesOf(input) <= share / 4 && { input }),
      ...(output !== undefined && { output: cut(output, share / 2 / maxBytesOfUnit) }),
    })),
  );
}

const bytesOf = (input: unknown): number => Buffer.byteLength(JSON.stringify(input) ?? "");

function cut(output: string, maxUnits: number): string {
  if (output.length <= maxUnits) return output;
  return `${output.slice(0, maxUnits).toWellFormed()}\n… (cut: this turn's tools returned too much)`;
}
