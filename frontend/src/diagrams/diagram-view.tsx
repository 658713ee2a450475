import { type ReactNode, useMemo } from "react";
import { LatePlots } from "../plots/late-plots.tsx";
import type { DiagramTexts } from "../texts/diagram-english.ts";
import { useDiagramTexts } from "../texts/use-diagram-texts.ts";
import { ScrollBox } from "../ui/scroll-box.tsx";
import { describeDiagram } from "./describe-diagram.ts";
import { DiagramFault } from "./diagram-text.ts";
import styles from "./diagrams.module.css";
import { FlowchartPicture } from "./flowchart/flowchart-picture.tsx";
import { createMeasure } from "./measure-text.ts";
import { type Diagram, readDiagram } from "./read-diagram.ts";
import { SequencePicture } from "./sequence/sequence-picture.tsx";

interface DiagramViewProps {
  source: string;
  /** The source as code. It is shown instead of a diagram that cannot be drawn, and on request beside one that can. */
  children: ReactNode;
}

/** A diagram of an answer, and its source. */
export function DiagramView({ source, children }: DiagramViewProps) {
  const texts = useDiagramTexts();
  const read = useMemo(() => tryToRead(source), [source]);
  if (read === null) return children;
  if (read instanceof DiagramFault) {
    return (
      <>
        {children}
        <p className={styles.problem}>{texts.fault(read.line)}</p>
      </>
    );
  }
  return (
    <figure className={styles.figure}>
      {read.title !== undefined && <figcaption className={styles.caption}>{read.title}</figcaption>}
      <Picture diagram={read} texts={texts} />
      <details className={styles.source}>
        <summary>{texts.source}</summary>
        {children}
      </details>
    </figure>
  );
}

function tryToRead(source: string): Diagram | DiagramFault | null {
  try {
    return readDiagram(source);
  } catch (error) {
    if (error instanceof DiagramFault) return error;
    throw error;
  }
}

function Picture({ diagram, texts }: { diagram: Diagram; texts: DiagramTexts }) {
  const measure = useMemo(createMeasure, []);
  if (diagram.kind === "chart") {
    return diagram.plots.map((plot) => <LatePlots key={plot.kind} plot={plot} />);
  }
  const label = describeDiagram(diagram, texts);
  return (
    <ScrollBox label={texts.diagram}>
      {diagram.kind === "flowchart" ? (
        <FlowchartPicture chart={diagram} measure={measure} label={label} />
      ) : (
        <SequencePicture diagram={diagram} measure={measure} label={label} />
      )}
    </ScrollBox>
  );
}
