import { useEffect, useRef, useState } from "react";
import type { Texts } from "#frontend/texts/english.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { describeFailure } from "#frontend/ui/problem-texts.ts";
import { isOpen } from "../conversation/conversation-selectors.ts";
import type { Conversation, ShownTurn } from "../conversation/conversation-state.ts";
import { languageOf } from "./language-of.ts";
import { nextSentences } from "./sentences.ts";

/** Reads an answer to a screen reader while it is written: sentence by sentence, not token by token. */
export function SpokenAnswer({ conversation: { turns } }: { conversation: Conversation }) {
  const texts = useTexts();
  const [spoken, setSpoken] = useState({ sentences: "", ending: "" });
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
    const ending = hasEnded ? endingOf(current, texts) : "";
    if (next.spoken !== "" || ending !== "") setSpoken({ sentences: next.spoken, ending });
    if (hasEnded) place.current.turnId = "";
  }, [current, texts]);

  return (
    <p className="spoken" role="status">
      {/* In the answer's language, where its script tells: a screen reader has a voice for each. */}
      <span lang={languageOf(spoken.sentences)}>{spoken.sentences}</span> {spoken.ending}
    </p>
  );
}

/** How an answer has ended, where its text alone would sound as if it were whole. */
function endingOf({ status, error, remarks }: ShownTurn, texts: Texts): string {
  if (status === "stopped") return texts.turn.stopped;
  if (status === "failed") return describeFailure(error, texts);
  return remarks.includes("cut_at_length") ? texts.turn.cutAtLength : "";
}
