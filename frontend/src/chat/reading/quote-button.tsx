import { type RefObject, useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { useReadingTexts } from "#frontend/texts/use-reading-texts.ts";
import button from "#frontend/ui/button.module.css";
import { LateIcon } from "#frontend/ui/late-icon.tsx";
import type { TurnActions } from "../transcript/turn-actions.ts";
import styles from "./reading-tools.module.css";
import { withQuote } from "./with-quote.ts";

/** The selected part of an answer. */
interface Selected {
  /** The answer. The button stands in it, so that Tab leads from the selection to the button. */
  answer: Element;
  text: string;
  /** The place of the button in the answer, in pixels. */
  top: number;
  left: number;
}

/** A button at the selected part of an answer, which quotes the part in the next message. */
export function QuoteButton({
  list,
  onQuote,
}: {
  /** The turns. */
  list: RefObject<HTMLElement | null>;
  onQuote: TurnActions["onQuote"];
}) {
  const { quote: label } = useReadingTexts();
  const [selected, setSelected] = useState<Selected | null>(null);

  useEffect(() => {
    let frame = 0;
    const update = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        // Pressing the button with the keyboard moves the focus, and some browsers drop the selection then.
        if (document.activeElement?.hasAttribute("data-quote")) return;
        setSelected(readSelection(list.current));
      });
    };
    document.addEventListener("selectionchange", update);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener("selectionchange", update);
    };
  }, [list]);

  if (selected === null) return null;
  const { answer, text, top, left } = selected;
  return createPortal(
    <button
      className={`${button.quiet} ${styles.quote}`}
      type="button"
      data-quote=""
      style={{ top, left }}
      // Keeps the selection.
      onPointerDown={(event) => event.preventDefault()}
      onBlur={() => setSelected(readSelection(list.current))}
      onClick={() => {
        setSelected(null);
        document.getSelection()?.removeAllRanges();
        onQuote((message) => withQuote(message, text));
      }}
    >
      <LateIcon name="quote" /> {label}
    </button>,
    answer,
  );
}

/** Returns null unless the selection lies in one answer. */
function readSelection(list: HTMLElement | null): Selected | null {
  const selection = document.getSelection();
  if (list === null || selection === null || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const { commonAncestorContainer: common } = range;
  const element = common instanceof Element ? common : common.parentElement;
  const answer = element?.closest("[data-answer]");
  const text = selection.toString().trim();
  if (!answer || !list.contains(answer) || text === "") return null;
  const frame = answer.getBoundingClientRect();
  const ends = range.getBoundingClientRect();
  return {
    answer,
    text,
    // Below the selection: on a phone the browser's own menu is above.
    top: ends.bottom - frame.top + 6,
    left: Math.max(0, Math.min(ends.left - frame.left, frame.width - 120)),
  };
}
