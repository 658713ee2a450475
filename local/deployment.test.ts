import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { openApiDocument } from "#lib/contract/openapi.ts";
import { Problem } from "#lib/contract/problem.ts";
import { problemTitles } from "#lib/contract/problem-titles.ts";
import { readDeployment } from "./deployment.ts";
import { gatewayResponseTypes } from "./gateway/gateway-responses.ts";

const deployment = readDeployment();

test("every function of serverless.yml has a folder, and every folder is deployed", () => {
  const folders = readdirSync(join(import.meta.dirname, "../functions"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

  expect(deployment.functions.map(({ name }) => name).sort()).toEqual(folders.sort());
  for (const { name, handler } of deployment.functions) {
    expect(handler).toBe(`dist/${name}/index.handler`);
  }
});

test("serverless.yml has the routes of the contract, no more and no fewer", () => {
  const { paths } = v.parse(
    v.object({ paths: v.record(v.string(), v.record(v.string(), v.unknown())) }),
    openApiDocument("1.0.0"),
  );
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );

  const deployed = deployment.routes.map(({ method, path }) => `${method} ${path}`);

  expect(deployed.sort()).toEqual(documented.sort());
});

test("the old paths are served by the functions of the new ones", () => {
  const functionAt = (path: string) =>
    deployment.routes.filter((route) => route.path === path).map(({ path: _, ...route }) => route);

  expect(functionAt("/api/chat")).toEqual(functionAt("/api/v1/chat"));
});

test("every route asks for an API key, and what streams may take as long as its function", () => {
  for (const route of deployment.routes) {
    const timeoutSeconds = deployment.functions.find(
      ({ name }) => name === route.functionName,
    )?.timeoutSeconds;
    expect(route.private).toBe(true);
    expect(timeoutSeconds).toBeLessThanOrEqual(route.timeoutMs / 1_000);
  }
});

test("once a day, and no more often, idle conversations go", () => {
  expect(deployment.schedules).toEqual([
    { functionName: "conversation-expire", rate: "rate(1 day)", everyMs: 24 * 60 * 60 * 1_000 },
  ]);
});

test.each(deployment.gatewayResponses)("$type is a problem with the status that it has", (own) => {
  const problem = v.parse(
    Problem,
    JSON.parse(own.template.replaceAll("$context.requestId", "request")),
  );

  expect(problem.status).toBe(own.statusCode);
  expect(problemTitles).toMatchObject({ [problem.type]: problem.title });
  expect(problem.request_id).toBe("request");
  expect(own.headers["content-type"]).toBe("application/problem+json");
  expect(own.headers["retry-after"]).toBe(problem.retry_after?.toString());
});

test("all that the gateway says of its own accord is worded", () => {
  const worded = deployment.gatewayResponses.map(({ type }) => type);

  expect(worded).toEqual(expect.arrayContaining([...gatewayResponseTypes]));
});
