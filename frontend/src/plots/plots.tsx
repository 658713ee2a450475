import { useEffect, useId, useRef, useState } from "react";
import { chooseLocale } from "#frontend/texts/locale.ts";
import type { ResultTexts } from "#frontend/texts/result-english.ts";
import { useResultTexts } from "#frontend/texts/use-result-texts.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { widthOf } from "./axes.tsx";
import { type Plot, splitByScale } from "./choose-plot.ts";
import { drawColumns } from "./draw-columns.tsx";
import { drawPoints } from "./draw-points.tsx";
import { drawRows } from "./draw-rows.tsx";
import type { Drawing } from "./drawing.ts";
import { placeNames, tickFormat, valueFormat } from "./plot-formats.ts";
import styles from "./plots.module.css";
import { Legend, Patterns } from "./series-marks.tsx";
import { leastStepOf, niceTicks, rangeOf } from "./ticks.ts";

/** A plot; several if the series cannot share an axis. The table beside it has every figure. */
export function Plots({ plot }: { plot: Plot }) {
  return splitByScale(plot).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have the same name
    <OnePlot key={index} plot={part} />
  ));
}

function OnePlot({ plot }: { plot: Plot }) {
  const texts = useResultTexts();
  const { language } = useTexts();
  const id = useId();
  const { frame, width } = useWidth();
  const locale = chooseLocale(language, navigator.languages);
  const { kind, axis, series } = plot;
  const drawn = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const ticks = niceTicks(...rangeOf(drawn, kind === "bar"), leastStepOf(drawn));
  const drawing: Drawing = {
    plot,
    names: placeNames(axis, locale),
    ticks,
    tickNames: ticks.map(tickFormat(locale, ticks)),
    locale,
    formatValue: valueFormat(locale),
    width,
    id,
  };
  return (
    <figure className={styles.plot} ref={frame}>
      {series.length > 1 ? (
        <Legend names={series.map(({ name }) => name)} isBars={kind === "bar"} id={id} />
      ) : (
        <p className={styles.name}>{series[0]?.name}</p>
      )}
      <Picture drawing={drawing} label={describe(drawing, texts)} />
    </figure>
  );
}

function Picture({ drawing, label }: { drawing: Drawing; label: string }) {
  const { plot, names, width, id } = drawing;
  const isBar = plot.kind === "bar";
  const room = width / Math.max(1, names.length);
  // Each bar of a list of names has its name, also where the names are long or the page is narrow.
  const hasRows = isBar && plot.axis.kind === "names" && names.some((name) => widthOf(name) > room);
  const draw = hasRows ? drawRows : isBar ? drawColumns : drawPoints;
  const { height, content } = draw(drawing);
  return (
    <svg
      className={styles.picture}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      <Patterns count={plot.series.length} id={id} />
      {content}
    </svg>
  );
}

/** Returns what a screen reader says about a plot: the lowest and the highest value of each series. */
function describe({ plot, names, formatValue }: Drawing, texts: ResultTexts): string {
  const series = plot.series.map(({ name, values }) => {
    const known = values.filter((value) => value !== null);
    const [lowest, highest] = [Math.min(...known), Math.max(...known)];
    const at = (value: number) => names[values.indexOf(value)] ?? "";
    return texts.plotSeries(
      name,
      formatValue(lowest),
      at(lowest),
      formatValue(highest),
      at(highest),
    );
  });
  return texts.plot(texts.plotKinds[plot.kind], plot.axisName, series.join(" "));
}

/** Returns the width of an element in pixels, and a guess before the first layout. */
function useWidth() {
  const frame = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(640);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(Math.max(200, element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  return { frame, width };
}
