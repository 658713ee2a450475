import type { StreamEvent } from "#lib/contract/stream-event.ts";
import type { AnswerLength } from "./conversation-state.ts";

// A follower on the service's side passes on the text of a living runner within 2 s.
const patienceMs = 3_000;

/**
 * Detects that the runner of an answer has probably died. A page connected to the runner itself waits without limit, because
 * a model may think for long. A page that joined in the middle (after a cut or a reload) cannot see whether a runner still
 * writes: the detector calls `onSilence` with true after 3 s without new text, and with false when text comes again.
 * @param base the content from which the answer goes on after a decision; empty for an answer that has not been parked
 */
export function detectSilence(onSilence: (isSilent: boolean) => void, base: AnswerLength) {
  let hasJoined = false;
  let isSilent = false;
  let attempt: number | undefined;
  let isFirstOfConnection = false;
  let lastTextAt = Date.now();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function setSilent(next: boolean): void {
    if (isSilent !== next) onSilence(next);
    isSilent = next;
  }

  function restartTimer(): void {
    clearTimeout(timer);
    if (hasJoined) {
      timer = setTimeout(() => setSilent(true), lastTextAt + patienceMs - Date.now());
    }
  }

  function onText(): void {
    lastTextAt = Date.now();
    setSilent(false);
    restartTimer();
  }

  return {
    /** The connection was cut. */
    onCut(): void {
      hasJoined = true;
      restartTimer();
    },
    onEvent(event: StreamEvent): void {
      if (event.event === "turn") {
        isFirstOfConnection = true;
        if (event.data.attempt === attempt) return;
        // Another runner has started to write.
        attempt = event.data.attempt;
        hasJoined = false;
        onText();
        return;
      }
      const joins = isFirstOfConnection && event.event === "snapshot" && exceeds(event.data, base);
      isFirstOfConnection = false;
      if (joins) {
        // The snapshot holds older text, which does not prove that the runner is alive now.
        hasJoined = true;
        restartTimer();
      } else if (event.event !== "snapshot") onText();
    },
    stop(): void {
      clearTimeout(timer);
      setSilent(false);
    },
  };
}

const exceeds = ({ text, tools }: AnswerLength, base: AnswerLength) =>
  text.length > base.text.length || tools.length > base.tools.length;
