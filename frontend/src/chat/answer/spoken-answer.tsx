import { useEffect, useRef, useState } from "react";
import type { Texts } from "#frontend/texts/english.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { describeFailure } from "#frontend/ui/problem-texts.ts";
import { isOpen } from "../conversation/conversation-selectors.ts";
import type { Conversation, ShownTurn } from "../conversation/conversation-state.ts";
import { languageOf } from "./language-of.ts";
import { nextSentences } from "./sentences.ts";

/** Announces an answer to a screen reader while the model writes: sentence by sentence, not token by token. */
export function SpokenAnswer({ conversation: { turns } }: { conversation: Conversation }) {
  const texts = useTexts();
  const [spoken, setSpoken] = useState({ sentences: "", ending: "" });
  // Announces only turns that were open on this page, not the answers of a loaded transcript.
  const progress = useRef({ turnId: "", position: 0 });
  const open = turns.find(isOpen);
  const current = turns.find((turn) => turn.id === progress.current.turnId) ?? open;

  useEffect(() => {
    if (current === undefined) return;
    if (current.id !== progress.current.turnId)
      progress.current = { turnId: current.id, position: 0 };
    const hasEnded = !isOpen(current);
    const next = nextSentences(current.text, progress.current.position, hasEnded);
    progress.current.position = next.to;
    const ending = hasEnded ? endingOf(current, texts) : "";
    if (next.spoken !== "" || ending !== "") setSpoken({ sentences: next.spoken, ending });
    if (hasEnded) progress.current.turnId = "";
  }, [current, texts]);

  return (
    <p className="spoken" role="status">
      {/* A screen reader has a voice for each language. */}
      <span lang={languageOf(spoken.sentences)}>{spoken.sentences}</span> {spoken.ending}
    </p>
  );
}

/** Returns how an answer ended, if its text alone would sound complete. */
function endingOf({ status, error, remarks }: ShownTurn, texts: Texts): string {
  if (status === "stopped") return texts.turn.stopped;
  if (status === "failed") return describeFailure(error, texts);
  return remarks.includes("cut_at_length") ? texts.turn.cutAtLength : "";
}
