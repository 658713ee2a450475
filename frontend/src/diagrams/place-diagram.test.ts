import { describe, expect, it } from "vitest";
import { parseFlowchart } from "./flowchart/parse-flowchart.ts";
import { placeFlowchart } from "./flowchart/place-flowchart.ts";
import type { Box } from "./geometry.ts";
import corpus from "./mermaid-corpus.json" with { type: "json" };
import { parseSequence } from "./sequence/parse-sequence.ts";
import { placeSequence } from "./sequence/place-sequence.ts";

const measure = (text: string) => text.length * 8;

const overlap = (a: Box, b: Box) =>
  Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2;

const holds = (outer: Box, inner: Box) =>
  Math.abs(outer.x - inner.x) <= (outer.width - inner.width) / 2 + 0.001 &&
  Math.abs(outer.y - inner.y) <= (outer.height - inner.height) / 2 + 0.001;

describe("a flowchart", () => {
  it.each(corpus.flowcharts)("keeps its parts apart: $source", ({ source }) => {
    const picture = placeFlowchart(parseFlowchart(source), measure);
    const { nodes, edges, groups } = picture;
    const boxes = [...nodes, ...groups];
    for (const box of boxes) expect([box.id, holds(picture, box)]).toEqual([box.id, true]);
    nodes.forEach((node, index) => {
      for (const other of nodes.slice(index + 1)) {
        expect([node.id, other.id, overlap(node, other)]).toEqual([node.id, other.id, false]);
      }
    });
    for (const group of groups) {
      for (const id of group.members) {
        const member = boxes.find((box) => box.id === id);
        expect([group.id, id, member && holds(group, member)]).toEqual([group.id, id, true]);
      }
    }
    for (const { from, to, points } of edges) {
      for (const [id, point] of [
        [from, points[0]],
        [to, points.at(-1)],
      ] as const) {
        const end = boxes.find((box) => box.id === id);
        expect(Number.isFinite(point?.x) && Number.isFinite(point?.y)).toBe(true);
        // An edge ends at the border of its node.
        expect(
          end &&
            point &&
            holds(
              { ...end, width: end.width + 1, height: end.height + 1 },
              { ...point, width: 0, height: 0 },
            ),
        ).toBe(true);
      }
    }
  });

  it("may lead a node to itself, and have hostile ids", () => {
    const chart = parseFlowchart(
      "flowchart LR\n  __proto__ --> __proto__\n  constructor --> toString",
    );
    const { nodes, edges } = placeFlowchart(chart, measure);
    expect(nodes.map(({ id }) => id)).toEqual(["__proto__", "constructor", "toString"]);
    expect(edges.every(({ points }) => points.every(({ x, y }) => Number.isFinite(x + y)))).toBe(
      true,
    );
  });
});

describe("a sequence diagram", () => {
  it.each(corpus.sequences)("has room for its parts: $source", ({ source }) => {
    const { width, height, participants, messages, notes, blocks, activations } = placeSequence(
      parseSequence(source),
      measure,
    );
    for (const { x, width: wide } of participants) {
      expect(x - wide / 2).toBeGreaterThanOrEqual(0);
      expect(x + wide / 2).toBeLessThanOrEqual(width);
    }
    for (const part of [...notes, ...blocks, ...activations]) {
      expect(part.x).toBeGreaterThanOrEqual(0);
      expect(part.x + part.width).toBeLessThanOrEqual(width);
      expect(part.y + part.height).toBeLessThanOrEqual(height);
    }
    participants.slice(1).forEach((participant, index) => {
      const left = participants[index];
      expect(participant.x - participant.width / 2).toBeGreaterThan(
        (left?.x ?? 0) + (left?.width ?? 0) / 2,
      );
    });
    const heights = messages.map(({ y }) => y);
    expect(heights).toEqual(heights.toSorted((a, b) => a - b));
    for (const { fromX, toX, isSelf, lines } of messages) {
      const room = isSelf ? width - fromX - 36 : Math.abs(toX - fromX);
      expect(room).toBeGreaterThanOrEqual(Math.max(0, ...lines.map(measure)));
    }
  });
});
