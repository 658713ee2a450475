import { parseArgs } from "node:util";
import { promptHidden } from "./prompt-hidden.ts";
import { describeResult } from "./verify/run-checks.ts";
import { verify } from "./verify/verify.ts";

const usage =
  "npm run verify -- <url> [--function-url <url>] [--api-url <url>] [--version <text>] [--all-models] [--json]\nReads the password from DEMO_PASSWORD, or prompts for it. Takes about three minutes. With --all-models each offered model must answer a message. Exits with 1 if a check fails.";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "function-url": { type: "string" },
    "api-url": { type: "string" },
    version: { type: "string" },
    "all-models": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const [url] = positionals;
if (url === undefined || !URL.canParse(url)) {
  console.error(usage);
  process.exit(1);
}

const results = await verify({
  url,
  functionUrl: values["function-url"],
  apiUrl: values["api-url"],
  version: values.version,
  allModels: values["all-models"],
  password: await readPassword(),
  onResult: (result) => {
    if (!values.json) console.log(describeResult(result));
  },
});
const failed = results.filter(({ passed }) => !passed).length;
if (values.json) console.log(JSON.stringify({ url, failed, results }, null, 2));
else console.log(`\n${results.length - failed} of ${results.length} checks passed at ${url}`);
process.exitCode = failed === 0 ? 0 : 1;

async function readPassword(): Promise<string> {
  const given = process.env.DEMO_PASSWORD;
  if (given !== undefined && given !== "") return given;
  if (process.stdin.isTTY) return await promptHidden("Password: ");
  console.error(`DEMO_PASSWORD is missing, and there is no terminal.\n${usage}`);
  process.exit(1);
}
