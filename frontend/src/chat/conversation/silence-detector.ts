import type { StreamEvent } from "#lib/contract/stream-event.ts";

// The service passes on the words of a runner that it follows within 2 s.
const patienceMs = 3_000;

/**
 * Notices when the runner of an answer seems to be gone. A page that gets the words from the runner itself just waits, as a
 * model may think for long. A page that joined in the middle (after a cut, after a reload) cannot see whether anybody still
 * writes: there, `onSilence` is called with true after 3 s without a new word, and with false when words come again.
 */
export function detectSilence(onSilence: (isSilent: boolean) => void) {
  let hasJoined = false;
  let isSilent = false;
  let attempt: number | undefined;
  let isFirst = false;
  let lastSignAt = Date.now();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function become(next: boolean): void {
    if (isSilent !== next) onSilence(next);
    isSilent = next;
  }

  function wait(): void {
    clearTimeout(timer);
    if (hasJoined) {
      timer = setTimeout(() => become(true), lastSignAt + patienceMs - Date.now());
    }
  }

  function hear(): void {
    lastSignAt = Date.now();
    become(false);
    wait();
  }

  return {
    /** A connection was cut. */
    lose(): void {
      hasJoined = true;
      wait();
    },
    see(event: StreamEvent): void {
      if (event.event === "turn") {
        isFirst = true;
        if (event.data.attempt === attempt) return;
        // Somebody else has begun to write.
        attempt = event.data.attempt;
        hasJoined = false;
        hear();
        return;
      }
      const joins = isFirst && event.event === "snapshot" && holdsWords(event.data);
      isFirst = false;
      if (joins) {
        // What was written before says nothing about now.
        hasJoined = true;
        wait();
      } else if (event.event !== "snapshot") hear();
    },
    end(): void {
      clearTimeout(timer);
      become(false);
    },
  };
}

const holdsWords = ({ text, tools }: { text: string; tools: unknown[] }) =>
  text !== "" || tools.length > 0;
