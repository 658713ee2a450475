import { useId } from "react";
import { ArrowHeads, headReference } from "../arrow-heads.tsx";
import styles from "../diagrams.module.css";
import { lineHeight, type MeasureText } from "../geometry.ts";
import { Label } from "../label.tsx";
import {
  type PlacedMessage,
  type PlacedSequence,
  personHeight,
  placeSequence,
} from "./place-sequence.ts";
import type { SequenceDiagram } from "./sequence.ts";

interface SequencePictureProps {
  diagram: SequenceDiagram;
  measure: MeasureText;
  label: string;
}

export function SequencePicture({ diagram, measure, label }: SequencePictureProps) {
  const id = useId();
  const placed = placeSequence(diagram, measure);
  const { width, height, headHeight, participants } = placed;
  const bottom = height - headHeight - 8;
  return (
    <svg
      className={styles.picture}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      <ArrowHeads id={id} />
      {placed.blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of a diagram keep their order
        <Frame key={index} block={block} />
      ))}
      {participants.map((participant) => (
        <g key={participant.id}>
          <path className={styles.lifeline} d={`M${participant.x} ${8 + headHeight}V${bottom}`} />
          <Head participant={participant} y={8} height={headHeight} />
          <Head participant={participant} y={bottom} height={headHeight} />
        </g>
      ))}
      {placed.activations.map((activation, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars of a diagram keep their order
        <rect key={index} className={styles.activation} {...activation} />
      ))}
      {placed.blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of a diagram keep their order
        <FrameLabels key={index} block={block} measure={measure} />
      ))}
      {placed.messages.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the messages of a diagram keep their order
        <Message key={index} message={message} id={id} />
      ))}
      {placed.notes.map(({ lines, ...note }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the notes of a diagram keep their order
        <g key={index}>
          <rect className={styles.note} {...note} />
          <Label
            x={note.x + note.width / 2}
            y={note.y + note.height / 2}
            lines={lines}
            className={styles.noteText}
          />
        </g>
      ))}
    </svg>
  );
}

interface HeadProps {
  participant: PlacedSequence["participants"][number];
  y: number;
  height: number;
}

function Head({ participant: { x, width, lines, isPerson }, y, height }: HeadProps) {
  if (isPerson) {
    return (
      <>
        <g className={styles.line}>
          <circle cx={x} cy={y + 8} r="7" />
          <path
            d={`M${x} ${y + 15}v12M${x - 11} ${y + 20}h22M${x} ${y + 27}l-9 11M${x} ${y + 27}l9 11`}
          />
        </g>
        <Label x={x} y={y + personHeight + (height - personHeight) / 2} lines={lines} />
      </>
    );
  }
  return (
    <>
      <rect className={styles.node} x={x - width / 2} y={y} width={width} height={height} rx="4" />
      <Label x={x} y={y + height / 2} lines={lines} />
    </>
  );
}

function Message({ message, id }: { message: PlacedMessage; id: string }) {
  const { fromX, toX, y, isSelf, lines, isDotted, start, end, number } = message;
  const middle = isSelf ? fromX + 36 + 8 : (fromX + toX) / 2;
  const way = isSelf ? `M${fromX} ${y}h36v18H${toX}` : `M${fromX} ${y}H${toX}`;
  const textY = isSelf ? y + 9 - lineHeight / 2 : y - 6 - (lines.length * lineHeight) / 2;
  return (
    <g>
      <path
        className={`${styles.line} ${isDotted ? styles.dotted : ""}`}
        d={way}
        markerStart={headReference(id, start)}
        markerEnd={headReference(id, end)}
      />
      {isSelf ? (
        <text className={styles.edgeLabel}>
          {lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two lines may be the same
            <tspan key={index} x={middle} y={textY + index * lineHeight} dominantBaseline="central">
              {line}
            </tspan>
          ))}
        </text>
      ) : (
        <Label x={middle} y={textY} lines={lines} className={styles.edgeLabel} />
      )}
      {number !== undefined && (
        <>
          <circle className={styles.head} cx={fromX} cy={y} r="9" />
          <Label x={fromX} y={y} lines={[String(number)]} className={styles.number} />
        </>
      )}
    </g>
  );
}

type PlacedBlock = PlacedSequence["blocks"][number];

/** The frame of a block, below the lines that go through it. */
function Frame({ block: { x, y, width, height, parts } }: { block: PlacedBlock }) {
  return (
    <g>
      <rect className={styles.frame} x={x} y={y} width={width} height={height} />
      {parts.map((part) => (
        <path
          key={part.y}
          className={`${styles.line} ${styles.dotted}`}
          d={`M${x} ${part.y}h${width}`}
        />
      ))}
    </g>
  );
}

/** What stands in the frame of a block, above the lines that go through it. */
function FrameLabels({ block, measure }: { block: PlacedBlock; measure: MeasureText }) {
  const { x, y, width, lines, parts } = block;
  const tab = measure(block.block) + 20;
  const condition = (text: readonly string[]) => (text.length > 0 ? [`[${text.join(" ")}]`] : []);
  const className = `${styles.edgeLabel} ${styles.onLines}`;
  return (
    <g>
      {block.block !== "rect" && (
        <>
          <path className={styles.tab} d={`M${x} ${y}h${tab}v14l-6 6H${x}Z`} />
          <Label x={x + tab / 2} y={y + 10} lines={[block.block]} className={styles.title} />
        </>
      )}
      <Label x={x + (tab + width) / 2} y={y + 10} lines={condition(lines)} className={className} />
      {parts.map((part) => (
        <Label
          key={part.y}
          x={x + width / 2}
          y={part.y + 12}
          lines={condition(part.lines)}
          className={className}
        />
      ))}
    </g>
  );
}
