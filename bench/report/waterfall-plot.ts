import type { TracedTurn } from "#bench/sections/requests.ts";
import { element, svgFile, text, ticksTo } from "./svg.ts";

const width = 760;
const area = { left: 170, right: 690, top: 76 };
const rowHeight = 20;
const barHeight = 12;
const panelGap = 34;
const classes: Record<string, string> = { "buckets and sessions": "d", database: "b", model: "a" };

/** Plots the requests of one turn of each build below each other, on one axis of time. */
export function waterfallPlot(panels: readonly { name: string; turn: TracedTurn }[]): string {
  const ticks = ticksTo(Math.max(...panels.map(({ turn }) => turn.endMs)));
  const end = ticks.at(-1) ?? 1;
  const x = (ms: number) => area.left + ((area.right - area.left) * ms) / end;
  const content: string[] = [];
  let y = area.top;
  for (const { name, turn } of panels) {
    content.push(text(16, y - rowHeight + 4, name, { class: "title" }));
    const first = y;
    for (const request of turn.requests) {
      const top = y - barHeight / 2;
      content.push(
        text(area.left - 8, y + 4, request.service, { class: "small", "text-anchor": "end" }),
        element("rect", {
          class: classes[request.service] ?? "a",
          x: x(request.startMs),
          y: top,
          width: Math.max(1, x(request.endMs) - x(request.startMs)),
          height: barHeight,
        }),
      );
      y += rowHeight;
    }
    content.push(
      ...marker(x(turn.firstTokenMs), first, y, "end", `first token ${shown(turn.firstTokenMs)}`),
      ...marker(x(turn.endMs), first, y, "start", `end ${shown(turn.endMs)}`),
    );
    y += panelGap + rowHeight;
  }
  const bottom = y - panelGap;
  const grid = ticks.flatMap((ms) => [
    element("line", { class: "grid", x1: x(ms), x2: x(ms), y1: area.top - 34, y2: bottom }),
    text(x(ms), bottom + 16, String(ms), { class: "small", "text-anchor": "middle" }),
  ]);
  const title = "Requests of one turn, every store 5 ms away, tokens at 0 ms";
  return svgFile({ width, height: bottom + 44, title }, [
    text(16, 22, title, { class: "title" }),
    ...grid,
    text((area.left + area.right) / 2, bottom + 34, "milliseconds after the request", {
      class: "small",
      "text-anchor": "middle",
    }),
    ...content,
  ]);
}

const shown = (ms: number): string => `${Math.round(ms)} ms`;

/** A dashed line with its label below, on the side away from the other marker. */
function marker(x: number, top: number, bottom: number, anchor: "start" | "end", label: string) {
  const [y1, y2] = [top - 12, bottom];
  return [
    element("line", { class: "line c", x1: x, x2: x, y1, y2, "stroke-dasharray": "4 3" }),
    text(x + (anchor === "end" ? 4 : -4), bottom + 12, label, {
      class: "c",
      "text-anchor": anchor,
    }),
  ];
}
