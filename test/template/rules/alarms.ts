import * as v from "valibot";
import { emittedMetrics } from "#test/template/emitted-metrics.ts";
import { at, listAt, ofType, target, textAt } from "#test/template/template.ts";
import { stageName } from "./function-name.ts";
import { type Rules, unless } from "./rule.ts";

const emitted = emittedMetrics();

/** CloudWatch: what is watched and drawn. */
export const alarmRules: Rules = {
  "alarms and dashboard watch metrics that are emitted, and tell somebody": (template) => {
    const alarms = ofType(template, "AWS::CloudWatch::Alarm");
    const watched = alarms.flatMap(([id, { Properties }]) =>
      [
        Properties,
        ...listAt(Properties, "Metrics").map((metric) => at(metric, "MetricStat.Metric")),
      ]
        .filter((metric) => at(metric, "Namespace") === "AgenticChat")
        .map((metric) => ({ id, metric })),
    );
    const body = textAt(template.Resources.Dashboard, "Properties.DashboardBody.Fn::Sub");
    const drawn = [...body.matchAll(/MetricName=\\"(\w+)|"([A-Z]\w+)", "(?:service|\.)"/g)].map(
      ([, searched, named]) => searched ?? named ?? "",
    );
    return [
      ...unless(alarms.length >= 11 && watched.length >= 8, "alarms are missing"),
      ...alarms.flatMap(([id, alarm]) =>
        unless(
          target(at(alarm, "Properties.AlarmActions.0")) === "AlarmTopic",
          `${id} tells nobody`,
        ),
      ),
      ...watched.flatMap(({ id, metric }) => [
        ...unless(
          emitted.withoutDimensions.has(textAt(metric, "MetricName")),
          `${id}: nobody emits ${textAt(metric, "MetricName")}`,
        ),
        ...unless(
          textAt(metric, "Dimensions") ===
            JSON.stringify([{ Name: "service", Value: stageName(template) }]),
          `${id} watches another stage`,
        ),
      ]),
      ...unless(
        v.is(v.pipe(v.string(), v.parseJson()), body.replaceAll("\n", "")),
        "the dashboard is no JSON",
      ),
      ...unless(drawn.length >= 12, "the dashboard is empty"),
      ...drawn.flatMap((name) => unless(emitted.all.has(name), `the dashboard draws ${name}`)),
    ];
  },
};
