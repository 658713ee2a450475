import { type ComponentProps, useEffect, useState } from "react";
import { useHasActed } from "#frontend/ui/use-has-acted.ts";
import { isOpen } from "../conversation/conversation-selectors.ts";
import type { SpokenAnswer } from "./spoken-answer.tsx";

/**
 * Loads `SpokenAnswer` when the person begins to write, or an answer is under way. Without its script nobody hears the answer
 * grow, and the transcript has it.
 */
export function LateSpokenAnswer({ conversation }: ComponentProps<typeof SpokenAnswer>) {
  const [Spoken, setSpoken] = useState<typeof SpokenAnswer | null>(null);
  const { turns, outbox } = conversation;
  const hasActed = useHasActed();
  const isNeeded = hasActed || outbox.length > 0 || turns.some(isOpen);

  useEffect(() => {
    if (!isNeeded) return;
    import("./spoken-answer.tsx").then(
      (loaded) => setSpoken(() => loaded.SpokenAnswer),
      () => undefined,
    );
  }, [isNeeded]);

  return Spoken && <Spoken conversation={conversation} />;
}
