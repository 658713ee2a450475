import { useState } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { latePart } from "#frontend/ui/late-part.tsx";

const TurnTrace = latePart("what happened", async () => {
  const module = await import("#frontend/trace/turn-trace.tsx");
  return module.TurnTrace;
});

/** Loads the waterfall of an answer when a person unfolds it. */
export function LateTurnTrace({ turnId }: { turnId: string }) {
  const { facts } = useTexts();
  const [wasOpened, setWasOpened] = useState(false);
  return (
    <details onToggle={() => setWasOpened(true)}>
      <summary>{facts.trace}</summary>
      {wasOpened && <TurnTrace turnId={turnId} />}
    </details>
  );
}
