import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import packageJson from "../../package.json" with { type: "json" };

const Permissions = v.record(v.string(), v.picklist(["read", "write", "none"]));
const Step = v.looseObject({
  id: v.optional(v.string()),
  uses: v.optional(v.string()),
  run: v.optional(v.string()),
  env: v.optional(v.record(v.string(), v.unknown()), {}),
});
const Workflow = v.looseObject({
  permissions: Permissions,
  concurrency: v.object({ group: v.string(), "cancel-in-progress": v.boolean() }),
  jobs: v.record(
    v.string(),
    v.looseObject({
      "runs-on": v.literal("ubuntu-24.04"),
      "timeout-minutes": v.pipe(v.number(), v.maxValue(60)),
      permissions: v.optional(Permissions, {}),
      steps: v.array(Step),
    }),
  ),
});
type Workflow = v.InferOutput<typeof Workflow>;

const folder = join(import.meta.dirname, "..", "..", ".github", "workflows");
const texts = new Map(
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
);

it("there are three workflows", () => {
  expect([...texts.keys()].sort()).toEqual(["check.yml", "deploy.yml", "remove.yml"]);
});

describe.each([...texts])("%s", (_, text) => {
  it("keeps the rules", () => {
    expect(faultsOf(text)).toEqual([]);
  });
});

it.each([
  ["an action by its tag", /@[0-9a-f]{40} # v\S+/, "@v5"],
  ["an action from nowhere in particular", /actions\/checkout@/, "somebody/checkout@"],
  ["a token that may write", "contents: read", "contents: write"],
  ["no time limit", /timeout-minutes: \d+/, "continue-on-error: false"],
  ["a newer machine than was tried", "ubuntu-24.04", "ubuntu-latest"],
  ["a secret in a command", "run: npm ci", `run: echo ${"$"}{{ secrets.KEY }}`],
  ["what somebody typed in a command", "run: npm ci", `run: echo ${"$"}{{ inputs.environment }}`],
  ["a script that does not exist", "npm run build", "npm run bulid"],
  ["a step that is not there", "steps.stack.outputs.bucket", "steps.stak.outputs.bucket"],
  ["a login that others can use", "persist-credentials: false", "persist-credentials: true"],
])("%s is found out", (_, find, replacement) => {
  const original = texts.get("deploy.yml") ?? "";
  const faulty = original.replace(find, replacement);
  expect(faulty).not.toBe(original);
  expect(faultsOf(faulty).length).toBeGreaterThan(0);
});

it("whoever is not main gets no role: only deploy and remove ask for one", () => {
  const asking = [...texts].filter(([, text]) => text.includes("id-token: write"));
  expect(asking.map(([name]) => name).sort()).toEqual(["deploy.yml", "remove.yml"]);
  for (const [, text] of asking) {
    expect(Object.keys(parse(text).on)).toEqual(["workflow_dispatch"]);
  }
});

const publishers = ["actions/", "aws-actions/", "gitleaks/"];

function faultsOf(text: string): string[] {
  const parsed = v.safeParse(Workflow, parse(text));
  if (!parsed.success)
    return parsed.issues.map(({ message, path }) => `${path?.at(-1)?.key}: ${message}`);
  const steps = Object.values(parsed.output.jobs).flatMap((job) => job.steps);
  const ids = new Set(steps.map(({ id }) => id));
  return [
    ...permissionFaults(parsed.output),
    ...steps.flatMap(actionFaults),
    ...steps.flatMap(({ run = "" }) => commandFaults(run)),
    ...[...text.matchAll(/steps\.(\w+)\./g)].flatMap(([, id]) =>
      ids.has(id) ? [] : [`no step ${id}`],
    ),
    ...(/persist-credentials: true/.test(text) ? ["the checkout leaves its token behind"] : []),
  ];
}

/** Reading is all that a job may do; one that logs in to AWS asks for a token of its own. */
function permissionFaults({ permissions, jobs }: Workflow): string[] {
  const granted = [permissions, ...Object.values(jobs).map((job) => job.permissions)];
  return granted
    .flatMap((set) => Object.entries(set))
    .flatMap(([name, access]) =>
      access === "write" && name !== "id-token" ? [`may write ${name}`] : [],
    );
}

function actionFaults({ uses }: v.InferOutput<typeof Step>): string[] {
  if (uses === undefined) return [];
  return [
    ...(/@[0-9a-f]{40}$/.test(uses) ? [] : [`${uses} is not pinned by a commit`]),
    ...(publishers.some((publisher) => uses.startsWith(publisher)) ? [] : [`who makes ${uses}?`]),
  ];
}

/** What a person typed, and every secret, reaches a command through its environment alone. */
function commandFaults(run: string): string[] {
  const scripts = [...run.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name);
  return [
    ...(run.includes("${{") ? ["a command with an expression in it"] : []),
    ...scripts.filter((name) => !(name in packageJson.scripts)).map((name) => `no script ${name}`),
  ];
}
