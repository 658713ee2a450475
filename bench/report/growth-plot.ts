import type { GrowthSeries } from "#bench/sections/growth.ts";
import { type Attributes, element, svgFile, text, ticksTo } from "./svg.ts";

const size = { width: 760, height: 360 };
const area = { left: 56, right: 600, top: 48, bottom: 316 };
const turnsOfPoint = 10;
const smallestGap = 16;

/** Plots the time to the first token along a conversation of 500 turns, one line for each server. */
export function growthPlot(series: readonly GrowthSeries[], earlier: string): string {
  const highest = Math.max(...series.flatMap(({ firstTokenMs }) => firstTokenMs));
  const ticks = ticksTo(highest);
  const top = ticks.at(-1) ?? highest;
  const turns = turnsOfPoint * Math.max(...series.map(({ firstTokenMs }) => firstTokenMs.length));
  const x = (turn: number) => area.left + ((area.right - area.left) * turn) / turns;
  const y = (ms: number) => area.bottom - ((area.bottom - area.top) * ms) / top;
  const ordered = series.toSorted((one, other) => last(other) - last(one));
  let labelY = Number.NEGATIVE_INFINITY;
  const lines = ordered.flatMap((one) => {
    const { firstTokenMs } = one;
    const points = firstTokenMs.map(
      (ms, point) => `${x((point + 0.5) * turnsOfPoint).toFixed(1)},${y(ms).toFixed(1)}`,
    );
    const colour = classOf(one);
    // Labels do not overlap where lines end close together.
    labelY = Math.max(y(last(one)) + 4, labelY + smallestGap);
    return [
      element("polyline", { class: `line ${colour}`, points: points.join(" ") }),
      text(area.right + 6, labelY, labelOf(one, earlier), { class: colour }),
    ];
  });
  const title = "First token along a conversation, tokens at 0 ms";
  return svgFile({ ...size, title }, [
    text(area.left, 22, title, { class: "title" }),
    text(area.left, 38, "milliseconds; median of each ten turns", { class: "small" }),
    ...ticks.flatMap((ms) => [
      element("line", { class: "grid", x1: area.left, x2: area.right, y1: y(ms), y2: y(ms) }),
      text(area.left - 8, y(ms) + 4, String(ms), { class: "small", "text-anchor": "end" }),
    ]),
    ...[0, 100, 200, 300, 400, 500]
      .filter((turn) => turn <= turns)
      .map((turn) => text(x(turn), area.bottom + 18, String(turn), centred)),
    text((area.left + area.right) / 2, area.bottom + 36, "turn", centred),
    ...lines,
  ]);
}

const centred: Attributes = { class: "small", "text-anchor": "middle" };

/** The class of a line's colour. */
function classOf({ party, threadTokens = 0 }: GrowthSeries): string {
  if (party === "plain") return "b";
  if (party === "earlier") return "d";
  return threadTokens > 4_000 ? "a" : "c";
}

const last = ({ firstTokenMs }: GrowthSeries): number => firstTokenMs.at(-1) ?? 0;

function labelOf({ party, threadTokens }: GrowthSeries, earlier: string): string {
  if (party === "plain") return "plain";
  const build = party === "earlier" ? earlier : "this";
  return `${build}, ${threadTokens?.toLocaleString("en-US")} tokens`;
}
