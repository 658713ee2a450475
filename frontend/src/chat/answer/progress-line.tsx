import { useEffect, useRef, useState } from "react";
import styles from "./tool-steps.module.css";

/** How often a screen reader may announce the progress of one call. */
const announcementMs = 5_000;

/** What a running call reports. A screen reader hears the newest report every 5 s at most. */
export function ProgressLine({ text }: { text: string }) {
  const announced = useAnnounced(text);
  return (
    <div>
      {text !== "" && (
        <p className={styles.progress} aria-hidden="true" dir="auto">
          {text}
        </p>
      )}
      <p className="spoken" role="status">
        {announced}
      </p>
    </div>
  );
}

function useAnnounced(text: string): string {
  const [announced, setAnnounced] = useState("");
  const lastAt = useRef(Number.NEGATIVE_INFINITY);

  useEffect(() => {
    const announce = () => {
      lastAt.current = performance.now();
      setAnnounced(text);
    };
    const timer = setTimeout(announce, lastAt.current + announcementMs - performance.now());
    return () => clearTimeout(timer);
  }, [text]);

  return announced;
}
