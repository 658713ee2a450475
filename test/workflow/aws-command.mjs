/**
 * Replaces the command `aws` of the workflows. Works on the folder $CLOUD: s3://<bucket>/<key> is the file
 * <bucket>/<key>, and the stack exists if the file `stack` does. Appends each call to the file `calls`, and fails for
 * an unknown call.
 */
import {
  appendFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

const cloud = process.env.CLOUD;
const args = process.argv.slice(2);
const [service, command, ...rest] = args;
const option = (name) => rest[rest.indexOf(name) + 1];
const toPath = (address) => (address.startsWith("s3://") ? join(cloud, address.slice(5)) : address);
const outputs = {
  ServerlessDeploymentBucketName: "deployments",
  PageBucketName: "page",
  DistributionId: "E1",
  PageUrl: "https://page.example",
  ApiUrl: "https://api.example",
  StreamUrl: "https://stream.example",
};
appendFileSync(join(cloud, "calls"), `${args.join(" ")}\n`);

const commands = {
  "cloudformation describe-stack-resource": () => {
    if (!existsSync(join(cloud, "stack"))) fail("Stack 'x' does not exist");
    return outputs.ServerlessDeploymentBucketName;
  },
  "cloudformation list-stack-resources": () =>
    ["deployments\n", "page\n"].filter((line) => existsSync(join(cloud, line.trim()))).join(""),
  "cloudformation describe-stacks": () => {
    if (!existsSync(join(cloud, "stack"))) fail("Stack with id x does not exist");
    const [, key] = /OutputKey=='(\w+)'/.exec(option("--query")) ?? [];
    if (key) return outputs[key];
    return JSON.stringify(
      Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
    );
  },
  "s3api list-objects-v2": () =>
    String(globSync(`${option("--bucket")}/${option("--prefix")}*`, { cwd: cloud }).length),
  "s3 cp": () => {
    const [from, to] = rest;
    if (rest.includes("--recursive")) return copyAll(() => true);
    if (to === "-") return readFileSync(toPath(from), "utf8");
    mkdirSync(dirname(toPath(to)), { recursive: true });
    writeFileSync(toPath(to), readFileSync(from === "-" ? 0 : toPath(from)));
    return "";
  },
  "s3 rm": () => {
    rmSync(toPath(rest[0]), { recursive: true });
    return "";
  },
  // Skips files that have the same size and are newer at the target.
  "s3 sync": () =>
    copyAll((from, to) => {
      if (!existsSync(to)) return true;
      const [source, target] = [statSync(from), statSync(to)];
      return source.size !== target.size || source.mtimeMs > target.mtimeMs;
    }),
  "secretsmanager get-secret-value": () =>
    option("--secret-id").endsWith("password")
      ? '{"password":"correct horse battery"}'
      : '{"url":"postgresql://owner:s3cr3t@host/db"}',
  "cloudfront create-invalidation": () => "I1",
  "cloudfront wait": () => "",
};

function copyAll(isWanted) {
  const [from, to] = rest;
  const excluded = rest.filter((_, index) => rest[index - 1] === "--exclude");
  const isExcluded = (path) =>
    excluded.some((one) => (one.endsWith("/*") ? path.startsWith(one.slice(0, -1)) : path === one));
  for (const path of globSync("**/*.*", { cwd: toPath(from) })) {
    const [source, target] = [join(toPath(from), path), join(toPath(to), path)];
    if (isExcluded(path) || !isWanted(source, target)) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, readFileSync(source));
  }
  return "";
}

const run = commands[`${service} ${command}`];
if (!run) fail(`aws ${args.join(" ")} is not supported here`);
process.stdout.write(run());

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
