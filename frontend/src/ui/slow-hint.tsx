import { useEffect, useState } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import { slowHintDelayMs } from "./slow-hint-delay.ts";

/** Explains a wait after 3 s. */
export function SlowHint() {
  const { startingUp } = useTexts();
  const [isSlow, setIsSlow] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => setIsSlow(true), slowHintDelayMs);
    return () => clearTimeout(timer);
  }, []);

  return isSlow && ` ${startingUp}`;
}
