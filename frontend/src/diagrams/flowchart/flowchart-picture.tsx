import { useId } from "react";
import { ArrowHeads, headReference } from "../arrow-heads.tsx";
import styles from "../diagrams.module.css";
import { type Box, lineHeight, type MeasureText, softPath } from "../geometry.ts";
import { Label } from "../label.tsx";
import type { Flowchart, FlowNode } from "./flowchart.ts";
import { lid, nodeCorners } from "./node-outline.ts";
import { type PlacedFlowchart, placeFlowchart } from "./place-flowchart.ts";

interface FlowchartPictureProps {
  chart: Flowchart;
  measure: MeasureText;
  label: string;
}

export function FlowchartPicture({ chart, measure, label }: FlowchartPictureProps) {
  const id = useId();
  const placed = placeFlowchart(chart, measure);
  const { width, height, nodes, edges, groups } = placed;
  const corner = cornerOf(placed);
  return (
    <svg
      className={styles.picture}
      width={width}
      height={height}
      viewBox={`${corner.x} ${corner.y} ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      <ArrowHeads id={id} />
      {groups.map((group) => (
        <g key={group.id}>
          <rect className={styles.frame} {...cornerOf(group)} rx="6" />
          <Label
            x={group.x}
            y={group.y - group.height / 2 + lineHeight / 2 + 3}
            lines={group.lines}
            className={styles.title}
          />
        </g>
      ))}
      {edges.map((edge, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the edges of a diagram keep their order
        <Edge key={index} edge={edge} id={id} />
      ))}
      {nodes.map((node) => (
        <g key={node.id}>
          <Outline node={node} />
          <Label
            x={node.x}
            y={node.shape === "cylinder" ? node.y + lid : node.y}
            lines={node.lines}
          />
        </g>
      ))}
    </svg>
  );
}

const cornerOf = ({ x, y, width, height }: Box) => ({
  x: x - width / 2,
  y: y - height / 2,
  width,
  height,
});

function Edge({ edge, id }: { edge: PlacedFlowchart["edges"][number]; id: string }) {
  const { stroke, points, label, lines } = edge;
  if (stroke === "invisible") return null;
  return (
    <g>
      <path
        className={`${styles.line} ${stroke === "normal" ? "" : styles[stroke]}`}
        d={softPath(points)}
        markerStart={headReference(id, edge.start)}
        markerEnd={headReference(id, edge.end)}
      />
      {label && (
        <>
          <rect className={styles.labelGround} {...cornerOf(label)} />
          <Label x={label.x} y={label.y} lines={lines} className={styles.edgeLabel} />
        </>
      )}
    </g>
  );
}

function Outline({ node }: { node: FlowNode & Box }) {
  const { shape, x, y, width, height } = node;
  const corners = nodeCorners(shape, node);
  if (corners) {
    return (
      <polygon
        className={styles.node}
        points={corners.map((corner) => `${corner.x},${corner.y}`).join(" ")}
      />
    );
  }
  const corner = cornerOf(node);
  switch (shape) {
    case "circle":
    case "ellipse":
    case "double-circle":
      return (
        <>
          <ellipse className={styles.node} cx={x} cy={y} rx={width / 2} ry={height / 2} />
          {shape === "double-circle" && (
            <ellipse className={styles.line} cx={x} cy={y} rx={width / 2 - 4} ry={height / 2 - 4} />
          )}
        </>
      );
    case "cylinder":
      return <path className={styles.node} d={cylinderPath(corner)} />;
    case "subroutine":
      return (
        <>
          <rect className={styles.node} {...corner} />
          <path
            className={styles.line}
            d={`M${corner.x + 8} ${corner.y}v${height}M${corner.x + width - 8} ${corner.y}v${height}`}
          />
        </>
      );
    default:
      return <rect className={styles.node} {...corner} rx={radiusOf(shape, height)} />;
  }
}

function radiusOf(shape: FlowNode["shape"], height: number): number {
  if (shape === "stadium") return height / 2;
  return shape === "round" ? 8 : 2;
}

function cylinderPath({ x, y, width, height }: Box): string {
  const [half, side] = [width / 2, height - 2 * lid];
  const lower = `a${half} ${lid} 0 0 0 ${width} 0`;
  return `M${x} ${y + lid}a${half} ${lid} 0 0 1 ${width} 0v${side}a${half} ${lid} 0 0 1 ${-width} 0zM${x} ${y + lid}${lower}`;
}
