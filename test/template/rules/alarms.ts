import * as v from "valibot";
import { emittedMetrics } from "#test/template/emitted-metrics.ts";
import { at, listAt, ofType, target, textAt } from "#test/template/template.ts";
import { stageName } from "./function-name.ts";
import { type Rules, unless } from "./rule.ts";

const emitted = emittedMetrics();

/** Rules for CloudWatch: alarms and the dashboard. */
export const alarmRules: Rules = {
  "alarms and dashboard use metrics that the code emits, and alarms notify somebody": (
    template,
  ) => {
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
      ...unless(alarms.length >= 14 && watched.length >= 11, "alarms are missing"),
      ...alarms.flatMap(([id, alarm]) =>
        unless(
          target(at(alarm, "Properties.AlarmActions.0")) === "AlarmTopic",
          `${id} notifies nobody`,
        ),
      ),
      ...watched.flatMap(({ id, metric }) => [
        ...unless(
          emitted.withoutDimensions.has(textAt(metric, "MetricName")),
          `${id}: no code emits ${textAt(metric, "MetricName")}`,
        ),
        ...unless(
          textAt(metric, "Dimensions") ===
            JSON.stringify([{ Name: "service", Value: stageName(template) }]),
          `${id} watches another stage`,
        ),
      ]),
      ...unless(
        v.is(v.pipe(v.string(), v.parseJson()), body.replaceAll("\n", "")),
        "the dashboard is not JSON",
      ),
      ...unless(drawn.length >= 12, "the dashboard is empty"),
      ...drawn.flatMap((name) => unless(emitted.all.has(name), `the dashboard draws ${name}`)),
    ];
  },

  "a database that refuses or fills up raises an alarm": (template) => {
    const needsOperator = template.Resources.DatabaseNeedsOperatorAlarm;
    const filling = template.Resources.DatabaseFillingAlarm;
    const limits = ["Health", "ConversationDashexpire"].map((name) =>
      at(
        template.Resources[`${name}LambdaFunction`],
        "Properties.Environment.Variables.DATABASE_LIMIT_MEGABYTES",
      ),
    );
    return [
      ...unless(
        at(needsOperator, "Properties.MetricName") === "DatabaseNeedsOperator" &&
          at(needsOperator, "Properties.Threshold") === 0,
        "a lasting refusal raises no alarm",
      ),
      ...unless(
        at(filling, "Properties.MetricName") === "DatabaseUsedPercent" &&
          at(filling, "Properties.Statistic") === "Maximum" &&
          at(filling, "Properties.Threshold") === 80 &&
          at(filling, "Properties.ComparisonOperator") === "GreaterThanThreshold",
        "no alarm before the database is full",
      ),
      // conversation-expire emits the metric once a day.
      ...unless(
        at(filling, "Properties.Period") === 86_400,
        "the alarm has another period than the metric",
      ),
      ...unless(
        limits[0] !== undefined && limits[0] === limits[1],
        "health and conversation-expire have different limits",
      ),
    ];
  },
};
