import { type ComponentProps, useState } from "react";
import { latePart } from "#frontend/ui/late-part.tsx";
import { isOpen } from "../conversation/conversation-selectors.ts";
import type { SpokenAnswer } from "./spoken-answer.tsx";

const Loaded = latePart(
  "the spoken answer",
  async () => (await import("./spoken-answer.tsx")).SpokenAnswer,
);

/** Loads `SpokenAnswer` with the first message on its way. A transcript that only opens has nothing to announce. */
export function LateSpokenAnswer({ conversation }: ComponentProps<typeof SpokenAnswer>) {
  const [isNeeded, setIsNeeded] = useState(false);
  if (!isNeeded && (conversation.outbox.length > 0 || conversation.turns.some(isOpen))) {
    setIsNeeded(true);
  }
  return isNeeded && <Loaded conversation={conversation} />;
}
