import { useEffect, useState } from "react";
import { useDocumentTexts } from "../texts/use-document-texts.ts";
import lineStyles from "../ui/notice-line.module.css";

const shownForMs = 15_000;

/** Says that a deployment without documents takes no files, for some seconds after each of the `refusals`. */
export function RefusedFiles({ refusals }: { refusals: number }) {
  const { notTaken } = useDocumentTexts();
  const [over, setOver] = useState(0);

  useEffect(() => {
    const timer = setTimeout(() => setOver(refusals), shownForMs);
    return () => clearTimeout(timer);
  }, [refusals]);

  if (over === refusals) return null;
  return (
    <p className={lineStyles.line} role="alert">
      {notTaken}
    </p>
  );
}
