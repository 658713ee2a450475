import { useEffect, useState } from "react";
import { msUntilMidnight } from "./group-by-date.ts";

/** Returns the current day at midnight, as a number, and renders again when the next day begins. */
export function useToday(): number {
  const [today, setToday] = useState(startOfToday);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each day has its own timer
  useEffect(() => {
    const check = () => setToday(startOfToday());
    const timer = setTimeout(check, msUntilMidnight(new Date()) + 1);
    // A machine that slept over midnight has also slept over the timer.
    document.addEventListener("visibilitychange", check);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", check);
    };
  }, [today]);

  return today;
}

const startOfToday = () => new Date().setHours(0, 0, 0, 0);
