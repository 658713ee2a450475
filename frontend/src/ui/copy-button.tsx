import { useEffect, useState } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import button from "./button.module.css";
import { copyText } from "./copy-text.ts";

const outcomeMs = 2_000;

type CopyButtonProps = { text: string | (() => string) } & (
  | { what: "answer" | "code" | "link"; label?: never }
  | { label: string; what?: never }
);

/** Copies `text` to the clipboard and shows the outcome for 2 s. */
export function CopyButton({ text, what, label }: CopyButtonProps) {
  const { copy: texts } = useTexts();
  const [outcome, setOutcome] = useState<"copied" | "failed" | null>(null);

  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), outcomeMs);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = async () =>
    setOutcome((await copyText(typeof text === "string" ? text : text())) ? "copied" : "failed");

  return (
    <button
      className={button.plain}
      type="button"
      aria-label={outcome === null && what ? texts[what] : undefined}
      onClick={() => void copy()}
    >
      {outcome === null && (label ?? texts.label)}
      {outcome === "copied" && texts.copied}
      {outcome === "failed" && texts.failed}
    </button>
  );
}
