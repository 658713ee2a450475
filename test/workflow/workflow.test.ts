import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { validate } from "@actions/languageservice";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { parse } from "yaml";
import { optionalSecretNames, secretNames } from "#infra/secret-names.ts";
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
  it("has no fault according to GitHub's own language service", async () => {
    expect(await lint(name, text)).toEqual([]);
  });

  it("keeps our rules", () => {
    expect(faultsOf(text)).toEqual([]);
  });
});

it.each([
  ["an unknown key", "timeout-minutes: 45", "timeout-minuts: 45"],
  ["an unknown job", "needs: checked", "needs: cheked"],
  ["an unknown input", "inputs.environment }}\n  cancel", "inputs.enviroment }}\n  cancel"],
  ["an unknown variable of GitHub", "github.sha }}", "github.shaa }}"],
  ["an unknown step", "steps.stack.outputs.bucket", "steps.stak.outputs.bucket"],
  [
    "a condition with a syntax error",
    "(failure() || cancelled()) &&",
    "(failure() || cancelled() &&",
  ],
  ["an unknown permission", "contents: read", "contents: raed"],
  ["an unknown type of input", "type: environment", "type: stage"],
])("GitHub's language service detects %s", async (_, find, replacement) => {
  const original = texts.get("deploy.yml") ?? "";
  const faulty = original.replace(find, replacement);
  expect(faulty).not.toBe(original);
  expect(await lint("deploy.yml", faulty)).not.toEqual([]);
});

it.each([
  ["an action pinned by a tag", /@[0-9a-f]{40} # v\S+/, "@v5"],
  ["an action of an unknown publisher", /actions\/checkout@/, "somebody/checkout@"],
  ["a token that may write", "contents: read", "contents: write"],
  ["no time limit", /timeout-minutes: \d+/, "continue-on-error: false"],
  ["an unpinned runner image", "ubuntu-24.04", "ubuntu-latest"],
  ["a secret in a command", "run: npm ci", `run: echo ${"$"}{{ secrets.KEY }}`],
  ["an input in a command", "run: npm ci", `run: echo ${"$"}{{ inputs.environment }}`],
  ["a script that does not exist", "npm run build", "npm run bulid"],
  ["a reference to an unknown step", "steps.stack.outputs.bucket", "steps.stak.outputs.bucket"],
  ["a secret that is not masked", 'echo "::add-mask::$DEMO_PASSWORD"', "true"],
  ["API keys in the log", "--conceal ", ""],
  ["roles without a boundary", /--param="permissionsBoundary=\S+"/, ""],
  ["a deployment from a branch", "!= refs/heads/main", "= nothing"],
  ["the checks of a pull request", 'select(.event == "push"', 'select(.event == "pull_request"'],
  ["a role without an environment", "environment:\n      name", "environmnt:\n      name"],
  ["a shell without pipefail", "shell: bash", "shell: sh"],
  ["a checkout that keeps its token", "persist-credentials: false", "persist-credentials: true"],
])("our rules detect %s", (_, find, replacement) => {
  const original = texts.get("deploy.yml") ?? "";
  const faulty = original.replace(find, replacement);
  expect(faulty).not.toBe(original);
  expect(faultsOf(faulty).length).toBeGreaterThan(0);
});

it("only deploy and remove, started by hand, can assume a role", () => {
  const withRole = [...texts].filter(([, text]) => text.includes("id-token: write"));
  expect(withRole.map(([name]) => name).sort()).toEqual(["deploy.yml", "remove.yml"]);
  for (const [, text] of withRole) {
    expect(Object.keys(parse(text).on)).toEqual(["workflow_dispatch"]);
  }
});

it("remove.yml deletes every secret", () => {
  expect(texts.get("remove.yml")).toContain(`for name in ${secretNames.join(" ")}; do`);
  expect(texts.get("remove.yml")).toContain(`for name in ${optionalSecretNames.join(" ")}; do`);
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
  // The language service caches documents by address.
  const address = `file:///${randomUUID()}/.github/workflows/${name}`;
  const document = TextDocument.create(address, "yaml", 0, text);
  return (await validate(document)).map(
    ({ range, message }) => `${name}:${range.start.line + 1} ${message}`,
  );
}

/** A job may only read, except that a job which logs in to AWS may write an id-token. */
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
    ...(publishers.some((publisher) => uses.startsWith(publisher))
      ? []
      : [`${uses} has an unknown publisher`]),
  ];
}

/** A job with a role needs an environment. A deployment must be checked, use the boundary, and print no keys. */
function roleFaults({ jobs, defaults }: Workflow, text: string): string[] {
  const withRole = Object.values(jobs).filter(({ permissions }) => permissions["id-token"]);
  const deploys = text.includes("sls deploy");
  return [
    ...withRole.flatMap((job) => ("environment" in job ? [] : ["a role without an environment"])),
    ...(withRole.length === 0 || defaults?.run.shell === "bash"
      ? []
      : ["the shell ignores failures in a pipe"]),
    ...(!deploys || /sls deploy .*--conceal/.test(text) ? [] : ["the log shows API keys"]),
    ...(!deploys || /sls deploy .*permissionsBoundary=/.test(text) ? [] : ["unbounded roles"]),
    ...(!deploys || text.includes('"$GITHUB_REF" != refs/heads/main') ? [] : ["deploys branches"]),
    ...(!deploys || text.includes('select(.event == "push" or .event == "workflow_dispatch")')
      ? []
      : ["accepts any checks"]),
  ];
}

/** Inputs and secrets may reach a command only through its environment. */
function commandFaults(run: string): string[] {
  const scripts = [...run.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name);
  return [
    ...(run.includes("${{") ? ["a command contains an expression"] : []),
    ...(run.includes("get-secret-value") && !run.includes("::add-mask::")
      ? ["a secret is not masked"]
      : []),
    ...scripts.filter((name) => !(name in packageJson.scripts)).map((name) => `no script ${name}`),
  ];
}
