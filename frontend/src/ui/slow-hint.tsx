import { useEffect, useState } from "react";

const patienceMs = 3_000;

/** Explains a wait that has become long: a database that nobody has used for a while sleeps. */
export function SlowHint() {
  const [isSlow, setIsSlow] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => setIsSlow(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);

  return isSlow && " The service has been asleep and is waking up; this takes a few seconds.";
}
