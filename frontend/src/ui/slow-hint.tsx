import { useEffect, useState } from "react";
import { useTexts } from "../texts/use-texts.tsx";

const patienceMs = 3_000;

/** Explains a wait after 3 s: an unused database is suspended and must start. */
export function SlowHint() {
  const { startingUp } = useTexts();
  const [isSlow, setIsSlow] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => setIsSlow(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);

  return isSlow && ` ${startingUp}`;
}
