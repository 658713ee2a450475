import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { parse } from "yaml";
import { secretNames } from "#infra/secret-names.ts";
import { HealthFailure } from "#lib/contract/health.ts";
import { streamEventSchemas } from "#lib/contract/stream-event.ts";
import { emittedMetrics } from "#test/template/emitted-metrics.ts";
import { at, textAt } from "#test/template/template.ts";
import { plain, readPage, readTable, root } from "./markdown.ts";

test("docs/reference/secrets.md has every secret, in the order of the code", () => {
  const rows = readTable("docs/reference/secrets.md", "Secrets");
  expect(rows.map(({ name }) => plain(name))).toEqual([...secretNames]);
});

test("docs/programs.md has every event of a stream, in the order of the code", () => {
  const rows = readTable("docs/programs.md", "Events");
  const named = rows.map(({ event, schema }) => [plain(event), plain(schema)]);
  const schemaOf = (event: string) => `${event.charAt(0).toUpperCase()}${event.slice(1)}Event`;
  expect(named).toEqual(Object.keys(streamEventSchemas).map((event) => [event, schemaOf(event)]));
});

describe("docs/reference/alarms.md", () => {
  const rows = readTable("docs/reference/alarms.md", "Alarms");
  const resources = parse(readFileSync(join(root, "infra/alarms.yml"), "utf8"), {
    merge: true,
    maxAliasCount: -1,
  });
  const alarms = Object.values(resources.Resources)
    .filter((resource) => at(resource, "Type") === "AWS::CloudWatch::Alarm")
    .map((alarm) => ({ name: textAt(alarm, "Properties.AlarmName").replace(/^.*\}-/, ""), alarm }));

  it("has every alarm, in the order of infra/alarms.yml", () => {
    expect(alarms.length).toBeGreaterThan(10);
    expect(rows.map(({ alarm }) => plain(alarm))).toEqual(alarms.map(({ name }) => name));
  });

  it.each(alarms)("names threshold and period of $name", ({ name, alarm }) => {
    const fires = rows.find((row) => plain(row.alarm) === name)?.["fires when"] ?? "";
    expect(fires).toContain(thresholdOf(alarm));
    expect(fires).toMatch(periods[periodOf(alarm)] ?? /no such period/);
  });
});

test("docs/reference/verification.md names only checks that npm run verify has", () => {
  const page = readPage("docs/reference/verification.md");
  const sources = globSync("scripts/verify/*.ts", { cwd: root });
  const code = sources.map((path) => readFileSync(join(root, path), "utf8")).join("\n");
  const named = [...page.matchAll(/\*([^*]+)\*/g)].map(([, check = ""]) => check);
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((check) => !code.includes(`name: "${check}`))).toEqual([]);
});

test("docs/reference/logs-and-metrics.md names only log lines that the code writes", () => {
  const sources = globSync("{lib,functions}/**/*.ts", { cwd: root });
  const code = sources.map((path) => readFileSync(join(root, path), "utf8")).join("\n");
  const lines = readTable("docs/reference/logs-and-metrics.md", "Log lines");
  const names = lines.map(({ line }) => plain(line));
  expect(names.filter((name) => !code.includes(`"${name}"`))).toEqual([]);
});

test("docs/reference/logs-and-metrics.md has every metric that the code emits", () => {
  const rows = readTable("docs/reference/logs-and-metrics.md", "Metrics");
  const documented = rows.flatMap(({ metrics = "" }) => plain(metrics).split(", "));
  expect(documented.sort()).toEqual([...emittedMetrics().all].sort());
});

test("docs/operations.md explains every reason of a database that refuses", () => {
  const rows = readTable("docs/operations.md", "When the database refuses");
  const page = readPage("docs/operations.md");
  const documented = rows.map(({ reason }) => plain(reason));
  const others = ["throttled", "internal_error"]; // of the other checks
  expect([...documented, ...others].sort()).toEqual([...HealthFailure.options].sort());
  for (const reason of others) expect(page).toContain(`\`${reason}\``);
});

/** As a person says it: an alarm above 0 fires on the first one, a share is so many of 100. */
function thresholdOf(alarm: unknown): string {
  const threshold = Number(at(alarm, "Properties.Threshold"));
  if (threshold === 0) return "one ";
  if (threshold < 1) return `more than ${threshold * 100} `;
  return threshold >= 1_000 ? `above ${threshold / 1_000} s` : `more than ${threshold} `;
}

const periods: Record<number, RegExp> = {
  300: /\b5 min/,
  900: /\b15 min/,
  3600: /\b60 min/,
  86400: /\bday\b/,
};

function periodOf(alarm: unknown): number {
  const metric = at(alarm, "Properties.Metrics.1.MetricStat.Period");
  return Number(at(alarm, "Properties.Period") ?? metric);
}
