import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { validate } from "@actions/languageservice";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { parse } from "yaml";
import { secretNames } from "#infra/secret-names.ts";
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
  defaults: v.optional(v.object({ run: v.object({ shell: v.string() }) })),
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

describe.each([...texts])("%s", (name, text) => {
  it("is a workflow to GitHub's own language service", async () => {
    expect(await lint(name, text)).toEqual([]);
  });

  it("keeps the rules", () => {
    expect(faultsOf(text)).toEqual([]);
  });
});

it.each([
  ["a key that there is not", "timeout-minutes: 45", "timeout-minuts: 45"],
  ["a job that there is not", "needs: checked", "needs: cheked"],
  [
    "an input that there is not",
    "inputs.environment }}\n  cancel",
    "inputs.enviroment }}\n  cancel",
  ],
  ["a variable of GitHub's that there is not", "github.sha }}", "github.shaa }}"],
  ["a step that there is not", "steps.stack.outputs.bucket", "steps.stak.outputs.bucket"],
  [
    "a condition that cannot be read",
    "(failure() || cancelled()) &&",
    "(failure() || cancelled() &&",
  ],
  ["a permission that there is not", "contents: read", "contents: raed"],
  ["a kind of input that there is not", "type: environment", "type: stage"],
])("GitHub's language service finds %s", async (_, find, replacement) => {
  const original = texts.get("deploy.yml") ?? "";
  const faulty = original.replace(find, replacement);
  expect(faulty).not.toBe(original);
  expect(await lint("deploy.yml", faulty)).not.toEqual([]);
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
  ["a secret that GitHub would print", 'echo "::add-mask::$DEMO_PASSWORD"', "true"],
  ["API keys in the log", "--conceal ", ""],
  ["roles without a boundary", /--param="permissionsBoundary=\S+"/, ""],
  ["a deployment from a branch", "!= refs/heads/main", "= nothing"],
  ["the checks of a pull request", 'select(.event == "push"', 'select(.event == "pull_request"'],
  ["a role without an environment", "environment:\n      name", "environmnt:\n      name"],
  ["a pipe whose beginning may fail", "shell: bash", "shell: sh"],
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

it("a removal that deletes the secrets deletes all of them", () => {
  expect(texts.get("remove.yml")).toContain(`for name in ${secretNames.join(" ")}; do`);
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
    ...roleFaults(parsed.output, text),
  ];
}

async function lint(name: string, text: string): Promise<string[]> {
  // It keeps what it has read by the address.
  const address = `file:///${randomUUID()}/.github/workflows/${name}`;
  const document = TextDocument.create(address, "yaml", 0, text);
  return (await validate(document)).map(
    ({ range, message }) => `${name}:${range.start.line + 1} ${message}`,
  );
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

/** Whoever may act in AWS is let in by an environment; what is deployed is checked, bounded and says no keys. */
function roleFaults({ jobs, defaults }: Workflow, text: string): string[] {
  const withRole = Object.values(jobs).filter(({ permissions }) => permissions["id-token"]);
  const deploys = text.includes("sls deploy");
  return [
    ...withRole.flatMap((job) => ("environment" in job ? [] : ["a role without an environment"])),
    ...(withRole.length === 0 || defaults?.run.shell === "bash" ? [] : ["a pipe may fail unseen"]),
    ...(!deploys || /sls deploy .*--conceal/.test(text) ? [] : ["the log shows API keys"]),
    ...(!deploys || /sls deploy .*permissionsBoundary=/.test(text) ? [] : ["unbounded roles"]),
    ...(!deploys || text.includes('"$GITHUB_REF" != refs/heads/main') ? [] : ["deploys branches"]),
    ...(!deploys || text.includes('select(.event == "push" or .event == "workflow_dispatch")')
      ? []
      : ["believes any checks"]),
  ];
}

/** What a person typed, and every secret, reaches a command through its environment alone. */
function commandFaults(run: string): string[] {
  const scripts = [...run.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name);
  return [
    ...(run.includes("${{") ? ["a command with an expression in it"] : []),
    ...(run.includes("get-secret-value") && !run.includes("::add-mask::")
      ? ["a secret that the log would show"]
      : []),
    ...scripts.filter((name) => !(name in packageJson.scripts)).map((name) => `no script ${name}`),
  ];
}
