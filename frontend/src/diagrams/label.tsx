import { lineHeight } from "./geometry.ts";

/** Lines of text around a point. */
export function Label({
  x,
  y,
  lines,
  className,
}: {
  x: number;
  y: number;
  lines: readonly string[];
  className?: string | undefined;
}) {
  const top = y - ((lines.length - 1) * lineHeight) / 2;
  return (
    <text className={className} textAnchor="middle">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two lines may be the same
        <tspan key={index} x={x} y={top + index * lineHeight} dominantBaseline="central">
          {line}
        </tspan>
      ))}
    </text>
  );
}
