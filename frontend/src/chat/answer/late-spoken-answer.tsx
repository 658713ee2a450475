import { type ComponentProps, useEffect, useState } from "react";
import type { SpokenAnswer } from "./spoken-answer.tsx";

/**
 * Loads `SpokenAnswer` after the first paint, while the person still writes. Without its script nobody hears the answer grow, and
 * the transcript has it.
 */
export function LateSpokenAnswer(props: ComponentProps<typeof SpokenAnswer>) {
  const [Spoken, setSpoken] = useState<typeof SpokenAnswer | null>(null);

  useEffect(() => {
    import("./spoken-answer.tsx").then(
      (loaded) => setSpoken(() => loaded.SpokenAnswer),
      () => undefined,
    );
  }, []);

  return Spoken && <Spoken {...props} />;
}
