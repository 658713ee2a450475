import { useEffect, useRef, useState } from "react";
import { type Conversation, isOpen } from "./conversation.ts";
import { nextSentences } from "./sentences.ts";

/** Reads an answer to a screen reader while it is written: sentence by sentence, not token by token. */
export function SpokenAnswer({ conversation: { turns } }: { conversation: Conversation }) {
  const [spoken, setSpoken] = useState("");
  // Answers that were here before are not read out: only a turn that was seen open.
  const place = useRef({ turnId: "", position: 0 });
  const open = turns.find(isOpen);
  const current = turns.find((turn) => turn.id === place.current.turnId) ?? open;

  useEffect(() => {
    if (current === undefined) return;
    if (current.id !== place.current.turnId) place.current = { turnId: current.id, position: 0 };
    const hasEnded = !isOpen(current);
    const next = nextSentences(current.text, place.current.position, hasEnded);
    place.current.position = next.to;
    if (next.spoken !== "") setSpoken(next.spoken);
    if (hasEnded) place.current.turnId = "";
  }, [current]);

  return (
    <p className="spoken" role="status">
      {spoken}
    </p>
  );
}
