import { useEffect, useState } from "react";

/** Returns the whole seconds until a time (milliseconds since 1970); 0 if the time has passed or is null. */
export function useSecondsLeft(until: number | null): number {
  const [now, setNow] = useState(Date.now);

  useEffect(() => {
    if (until === null) return;
    const tick = () => {
      setNow(Date.now());
      if (Date.now() >= until) clearInterval(timer);
    };
    // Four times a second, so that the figure is never a whole second late.
    const timer = setInterval(tick, 250);
    tick();
    return () => clearInterval(timer);
  }, [until]);

  return until === null ? 0 : Math.max(0, Math.ceil((until - now) / 1_000));
}
