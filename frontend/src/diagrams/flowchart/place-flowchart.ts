import { Graph, layout } from "@dagrejs/dagre";
import {
  type Box,
  borderOfBox,
  type MeasureText,
  type Point,
  type Size,
  textSize,
} from "../geometry.ts";
import type { Flowchart, FlowEdge, FlowGroup, FlowNode } from "./flowchart.ts";
import { nodeBorder, nodeSize } from "./node-outline.ts";

/** A picture by its centre, and its parts. */
export interface PlacedFlowchart extends Box {
  nodes: (FlowNode & Box)[];
  edges: (FlowEdge & { points: Point[]; label: Box | undefined })[];
  /** Outer frames come before the frames inside them. */
  groups: (FlowGroup & Box)[];
}

const margin = 8;

/** Returns where each part of a flowchart is, in pixels. dagre places nodes in ranks and leads the edges around them. */
export function placeFlowchart(chart: Flowchart, measure: MeasureText): PlacedFlowchart {
  const graph = new Graph({ multigraph: true, compound: true });
  graph.setGraph({
    rankdir: chart.direction,
    nodesep: 36,
    ranksep: 44,
    edgesep: 16,
  });
  for (const { id, shape, lines } of chart.nodes) {
    graph.setNode(nodeKey(id), nodeSize(shape, textSize(lines, measure)));
  }
  for (const { id } of chart.groups) graph.setNode(nodeKey(id), {});
  for (const { id, members } of chart.groups) {
    for (const member of members) graph.setParent(nodeKey(member), nodeKey(id));
  }
  const groups = new Map(chart.groups.map((group) => [group.id, group]));
  const endsOf = ({ from, to }: FlowEdge): [from: string, to: string] => [
    nodeKey(nodeWithin(from, "from", groups)),
    nodeKey(nodeWithin(to, "to", groups)),
  ];
  chart.edges.forEach((edge, index) => {
    const label = edge.lines.length > 0 ? textSize(edge.lines, measure) : { width: 0, height: 0 };
    const [from, to] = endsOf(edge);
    graph.setEdge(
      from,
      to,
      { width: label.width + 8, height: label.height, minlen: edge.length, labelpos: "c" },
      String(index),
    );
  });
  layout(graph);

  const nodes = chart.nodes.map((node) => ({ ...node, ...boxOf(graph.node(nodeKey(node.id))) }));
  const frames = placeFrames(chart.groups, nodes, graph, measure);
  const placed = new Map([...nodes, ...frames].map((each) => [each.id, each]));
  const edges = chart.edges.map((edge, index) => {
    const led: Box & { points: Point[] } = graph.edge(...endsOf(edge), String(index));
    const inner = led.points.slice(1, -1);
    const [from, to] = [placed.get(edge.from), placed.get(edge.to)];
    if (from === undefined || to === undefined) throw new Error("An edge has no end.");
    const between = inner.length > 0 ? inner : led.points;
    const points = [
      borderOf(from, between.find((point) => !isWithin(point, from)) ?? to),
      ...between.filter((point) => !isWithin(point, from) && !isWithin(point, to)),
      borderOf(to, between.findLast((point) => !isWithin(point, to)) ?? from),
    ];
    const label = edge.lines.length > 0 ? boxOf(led) : undefined;
    return { ...edge, points, label };
  });
  const labels = edges.flatMap(({ label }) => label ?? []);
  const bends = edges.flatMap(({ points }) => points.map((point) => ({ ...point, ...pointSize })));
  const picture = around([...nodes, ...frames, ...labels, ...bends], margin, margin);
  return { ...picture, nodes, edges, groups: frames.sort(byArea) };
}

const pointSize = { width: 0, height: 0 };

/** Places each frame around its members, inner frames first: dagre leaves no room for a frame's title. */
function placeFrames(
  groups: readonly FlowGroup[],
  nodes: readonly (FlowNode & Box)[],
  graph: Graph,
  measure: MeasureText,
): (FlowGroup & Box)[] {
  const boxes = new Map<string, Box>(nodes.map((node) => [node.id, node]));
  const inner = new Map(groups.map((group) => [group.id, group]));

  function place(group: FlowGroup): Box {
    const known = boxes.get(group.id);
    if (known !== undefined) return known;
    const members = group.members.flatMap((id) => {
      const member = inner.get(id);
      return member ? place(member) : (boxes.get(id) ?? []);
    });
    const title = textSize(group.lines, measure);
    const [held, led] = [around(members, 12, 10), boxOf(graph.node(nodeKey(group.id)))];
    const box = around([held, { ...led, width: Math.max(led.width, title.width + 24) }], 0, 0);
    const roomed = { ...box, y: box.y - title.height / 2, height: box.height + title.height };
    boxes.set(group.id, roomed);
    return roomed;
  }

  return groups.map((group) => ({ ...group, ...place(group) }));
}

/** Returns the smallest box around other boxes, with a margin. */
function around(boxes: readonly Box[], marginX: number, marginY: number): Box {
  const left = Math.min(...boxes.map(({ x, width }) => x - width / 2)) - marginX;
  const right = Math.max(...boxes.map(({ x, width }) => x + width / 2)) + marginX;
  const top = Math.min(...boxes.map(({ y, height }) => y - height / 2)) - marginY;
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height / 2)) + marginY;
  return {
    x: (left + right) / 2,
    y: (top + bottom) / 2,
    width: right - left,
    height: bottom - top,
  };
}

type PlacedEnd = (FlowNode | FlowGroup) & Box;

const borderOf = (end: PlacedEnd, outside: Point) =>
  "shape" in end ? nodeBorder(end.shape, end, outside) : borderOfBox(end, outside);

const isWithin = ({ x, y }: Point, box: Box) =>
  Math.abs(x - box.x) <= box.width / 2 && Math.abs(y - box.y) <= box.height / 2;

/** An id of a diagram may be any text, also `__proto__`. */
const nodeKey = (id: string) => `n:${id}`;

/**
 * dagre cannot lead an edge to a frame. The edge leads from the frame's last node or to its first, and is cut at the frame.
 */
function nodeWithin(
  id: string,
  end: "from" | "to",
  groups: ReadonlyMap<string, FlowGroup>,
): string {
  const member = groups.get(id)?.members.at(end === "from" ? -1 : 0);
  return member === undefined ? id : nodeWithin(member, end, groups);
}

const boxOf = ({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box => ({
  x,
  y,
  width,
  height,
});

const byArea = (a: Size, b: Size) => b.width * b.height - a.width * a.height;
