export type NodeShape =
  | "rectangle"
  | "round"
  | "stadium"
  | "subroutine"
  | "cylinder"
  | "circle"
  | "double-circle"
  | "ellipse"
  | "flag"
  | "diamond"
  | "hexagon"
  | "lean-right"
  | "lean-left"
  | "trapezoid"
  | "inverse-trapezoid";

export interface FlowNode {
  id: string;
  shape: NodeShape;
  lines: string[];
}

export type EdgeEnd = "none" | "arrow" | "circle" | "cross";

export interface FlowEdge {
  from: string;
  to: string;
  stroke: "normal" | "thick" | "dotted" | "invisible";
  start: EdgeEnd;
  end: EdgeEnd;
  lines: string[];
  /** How many ranks the edge spans at least. */
  length: number;
}

/** A frame around nodes. Its members are ids of nodes and of other frames. */
export interface FlowGroup {
  id: string;
  lines: string[];
  members: string[];
}

export interface Flowchart {
  kind: "flowchart";
  title: string | undefined;
  direction: "TB" | "BT" | "LR" | "RL";
  nodes: FlowNode[];
  edges: FlowEdge[];
  groups: FlowGroup[];
}
