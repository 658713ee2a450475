import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readConfig } from "#lib/platform/config.ts";
import { functionVariables, readSettings, twinSettingNames } from "#local/settings.ts";
import { at } from "#test/template/template.ts";
import { plain, readTable, root } from "./markdown.ts";

const page = "docs/reference/settings.md";
const deployment = readTable(page, "Settings of a deployment");
const start = readTable(page, "Settings of `npm start`");
const given = readTable(page, "Set by the deployment or the twin");
const commands = readTable(page, "Settings of other commands");
const service = readFileSync(join(root, "serverless.yml"), "utf8");

const namesIn = (rows: Record<string, string>[], column: string) =>
  rows.map((row) => plain(row[column])).filter((name) => name !== "");
const variables = [deployment, start, given, commands].flatMap((rows) => namesIn(rows, "variable"));

test("no setting has two rows", () => {
  const names = [...namesIn(deployment, "parameter"), ...variables];
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test("the page has every parameter of the deployment and no other", () => {
  const files = ["serverless.yml", ...globSync("infra/*.{yml,cjs,mjs}", { cwd: root })];
  const read = files.flatMap((file) => [
    ...readFileSync(join(root, file), "utf8").matchAll(/\$\{param:(\w+)|"param:(\w+)/g),
  ]);
  const names = new Set(read.map(([, inYaml, inCode]) => inYaml ?? inCode));
  expect(namesIn(deployment, "parameter").sort()).toEqual([...names].sort());
});

test("the page has every variable of a function", () => {
  expect(functionVariables.filter((name) => !variables.includes(name))).toEqual([]);
});

test("the page has every setting of the twin", () => {
  expect(twinSettingNames.filter((name) => !namesIn(start, "variable").includes(name))).toEqual([]);
});

test(".env.example has the settings that a person may export, with their defaults", () => {
  const example = readFileSync(join(root, ".env.example"), "utf8");
  const written = [...example.matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [
    name,
    value,
  ]);
  const rows = [...start, ...deployment, ...commands].filter(
    ({ variable }) => !["", "SECRET_PREFIX"].includes(plain(variable)),
  );
  expect(written).toEqual(
    rows.map((row) => [plain(row.variable), isValue(row.default) ? row.default : ""]),
  );
});

const serviceDefaults = at(parse(service), "params.default");

// Where serverless.yml has no default, the one of the code counts.
test.each(deployment.filter(({ variable, parameter }) => variable === "" || defaultOf(parameter)))(
  "$parameter has the default of serverless.yml",
  (row) => {
    expect(row.default).toBe(defaultOf(row.parameter) || "none");
  },
);

test.each(deployment.filter(({ variable }) => variable !== ""))(
  "$parameter sets $variable",
  ({ parameter, variable }) => {
    expect(service).toMatch(new RegExp(`${plain(variable)}: .*\\$\\{param:${plain(parameter)}\\b`));
  },
);

const required = { ENVIRONMENT: "local", AWS_REGION: "us-east-1", RATE_LIMIT_TABLE: "rate-limit" };
const config = (name: string, value: string) => readConfig({ ...required, [name]: value });
const ofFunctions = [...deployment, ...start].filter(({ variable }) =>
  functionVariables.includes(plain(variable)),
);

test.each(ofFunctions.filter((row) => isValue(row.default) && !row.default.includes("&lt;")))(
  "$variable has the default of the code",
  (row) => {
    expect(config(plain(row.variable), row.default ?? "")).toEqual(readConfig(required));
  },
);

const bounds = /^(\d+) to (\d+)(?:, or never)?$/;
test.each(ofFunctions.filter(({ values = "" }) => bounds.test(values)))(
  "$variable has the bounds of the code",
  ({ variable, values = "" }) => {
    const name = plain(variable);
    const [, least, most] = (bounds.exec(values) ?? []).map(Number);
    for (const value of [least, most]) config(name, String(value));
    for (const value of [Number(least) - 1, Number(most) + 1]) {
      expect(() => config(name, String(value))).toThrow(name);
    }
  },
);

test("PORT and MODEL_PROVIDER have the defaults and bounds of the code", () => {
  const rowOf = (name: string) => start.find(({ variable }) => plain(variable) === name);
  const [, least, most] = bounds.exec(rowOf("PORT")?.values ?? "") ?? [];
  expect(readSettings({ PORT: least }).port).toBe(Number(least));
  expect(readSettings({ PORT: most }).port).toBe(Number(most));
  expect(() => readSettings({ PORT: String(Number(most) + 1) })).toThrow("PORT");
  expect(String(readSettings({}).port)).toBe(rowOf("PORT")?.default);
  expect(readSettings({}).modelProvider).toBe(rowOf("MODEL_PROVIDER")?.default);
  for (const provider of rowOf("MODEL_PROVIDER")?.values?.split(", ") ?? []) {
    expect(readSettings({ MODEL_PROVIDER: provider }).modelProvider).toBe(provider);
  }
});

/** Whether a default is a value to write, rather than words about one. */
function isValue(text = "none"): text is string {
  return text !== "none" && !text.includes(" ");
}

/** Returns the default in serverless.yml as the page writes it, or an empty text. */
function defaultOf(parameter: string | undefined): string {
  return String(at(serviceDefaults, plain(parameter)) ?? "")
    .replace(/\$\{self:service\}/, "enterprise-agentic-ai")
    .replace(/\$\{sls:stage\}/, "&lt;stage&gt;");
}
