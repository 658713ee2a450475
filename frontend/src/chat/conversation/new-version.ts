import type { OutgoingMessage, ShownTurn } from "./conversation-state.ts";

/**
 * Returns the message that regenerates a turn's answer. The idempotency key is the same for both presses of a double press, which
 * sends one message.
 */
export const newVersion = ({ id, parent, versions, message }: ShownTurn): OutgoingMessage => ({
  key: `again-${id}-${versions.length}`,
  text: message ?? "",
  after: parent,
  edits: id,
});
