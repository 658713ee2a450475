import { useEffect, useState } from "react";
import { useDocumentTexts } from "../texts/use-document-texts.ts";
import lineStyles from "../ui/notice-line.module.css";
import { useIncomingFiles } from "../ui/use-incoming-files.ts";

const shownForMs = 15_000;

/** Says that a deployment without documents takes no files. Otherwise the browser would leave the page and open a dropped file. */
export function RefusedFiles() {
  const { notTaken } = useDocumentTexts();
  const [refusals, setRefusals] = useState(0);
  useIncomingFiles(() => setRefusals((before) => before + 1));

  useEffect(() => {
    if (refusals === 0) return;
    const timer = setTimeout(() => setRefusals(0), shownForMs);
    return () => clearTimeout(timer);
  }, [refusals]);

  if (refusals === 0) return null;
  return (
    <p className={lineStyles.line} role="alert">
      {notTaken}
    </p>
  );
}
