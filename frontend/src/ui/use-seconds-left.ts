import { useEffect, useState } from "react";
import { countDown, secondsLeft } from "./seconds-left.ts";

/** Returns the whole seconds until a time (milliseconds since 1970); 0 if the time has passed or is null. */
export function useSecondsLeft(until: number | null): number {
  const [now, setNow] = useState(Date.now);

  useEffect(() => {
    if (until === null) return;
    return countDown(until, () => setNow(Date.now()));
  }, [until]);

  return secondsLeft(until, now);
}
