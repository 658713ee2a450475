import { useEffect, useRef, useState } from "react";
import { isUndecided } from "#frontend/approvals/decision.ts";
import type { Texts } from "#frontend/texts/english.ts";
import { toolName } from "#frontend/texts/tool-names.ts";
import { type Formats, useFormats } from "#frontend/texts/use-formats.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { isOpen, isParked, needsDecision } from "../conversation/conversation-selectors.ts";
import type { Conversation, ShownTurn } from "../conversation/conversation-state.ts";
import { describeFailure } from "./describe-failure.ts";
import { languageOf } from "./language-of.ts";
import { nextSentences } from "./sentences.ts";

/** Announces an answer to a screen reader while the model writes: sentence by sentence, not token by token. */
export function SpokenAnswer({
  conversation: { turns, outbox },
}: {
  conversation: Pick<Conversation, "turns" | "outbox">;
}) {
  const texts = useTexts();
  const formats = useFormats();
  const [spoken, setSpoken] = useState({ sentences: "", ending: "" });
  // Announces only turns that were open or were sent on this page, not the answers of a loaded transcript.
  // Only a message on its way has no id. Later the id decides: another version that is shown instead takes over the key.
  const progress = useRef({ key: "", id: "", position: 0 });
  const { key: spokenKey, id: spokenId } = progress.current;
  const current =
    turns.find(({ key, id }) => (spokenId === "" ? key === spokenKey : id === spokenId)) ??
    turns.find(isOpen);
  const sending = outbox[0]?.key;

  useEffect(() => {
    if (current === undefined) {
      // A used-up budget ends the turn of this message before the page has seen it open.
      if (sending !== undefined) progress.current = { key: sending, id: "", position: 0 };
      return;
    }
    const { key, id } = current;
    if (id !== progress.current.id) progress.current = { key, id, position: 0 };
    const hasEnded = !isOpen(current);
    const isWhole = hasEnded || isParked(current);
    const next = nextSentences(current.text, progress.current.position, isWhole);
    if (current.sources.length > 0) next.spoken = withoutCitations(next.spoken);
    progress.current.position = next.to;
    const ending = isWhole ? endingOf(current, texts, formats) : "";
    if (next.spoken !== "" || ending !== "") setSpoken({ sentences: next.spoken, ending });
    if (hasEnded) progress.current = { key: "", id: "", position: 0 };
  }, [current, sending, texts, formats]);

  return (
    <p className="spoken" role="status">
      {/* A screen reader has a voice for each language. */}
      <span lang={languageOf(spoken.sentences)}>{spoken.sentences}</span> {spoken.ending}
    </p>
  );
}

/** A screen reader finds the sources as links. Numbers in brackets would interrupt each sentence. */
const withoutCitations = (text: string) => text.replace(/ ?\[\d{1,3}(?:[,;] ?\d{1,3})*\]/g, "");

/** Returns how an answer ended, if its text alone would sound complete, or which steps wait for a decision. */
function endingOf(turn: ShownTurn, texts: Texts, formats: Formats): string {
  const { status, error, remarks, tools } = turn;
  if (needsDecision(turn)) {
    const names = tools.filter(isUndecided).map(({ name }) => toolName(name, texts.tools.names));
    return texts.turn.decisionNeededFor(names.join(", "));
  }
  if (status === "stopped") return texts.turn.stopped;
  if (status === "failed") return describeFailure(error, texts, formats);
  return remarks.includes("cut_at_length") ? texts.turn.cutAtLength : "";
}
