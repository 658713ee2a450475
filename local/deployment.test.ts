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

test("every function of serverless.yml has a folder, and every folder a function", () => {
  const folders = readdirSync(join(import.meta.dirname, "../functions"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

  expect(deployment.functions.map(({ name }) => name).sort()).toEqual(folders.sort());
  for (const { name, handler } of deployment.functions) {
    expect(handler).toBe(`dist/${name}/index.handler`);
  }
});

test("serverless.yml has exactly the routes of the contract", () => {
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

test("the deprecated paths call the functions of the new paths", () => {
  const functionAt = (path: string) =>
    deployment.routes.filter((route) => route.path === path).map(({ path: _, ...route }) => route);

  expect(functionAt("/api/chat")).toEqual(functionAt("/api/v1/chat"));
});

test("every route requires an API key, and a streaming route has its function's timeout", () => {
  for (const route of deployment.routes) {
    const timeoutSeconds = deployment.functions.find(
      ({ name }) => name === route.functionName,
    )?.timeoutSeconds;
    expect(route.private).toBe(true);
    expect(timeoutSeconds).toBeLessThanOrEqual(route.timeoutMs / 1_000);
  }
});

test("what tidies up runs exactly once a day", () => {
  const daily = { rate: "rate(1 day)", everyMs: 24 * 60 * 60 * 1_000 };
  expect(deployment.schedules).toEqual([
    { functionName: "document-sweep", ...daily },
    { functionName: "conversation-expire", ...daily },
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

test("gateway-responses.yml has every response that the gateway itself sends", () => {
  const worded = deployment.gatewayResponses.map(({ type }) => type);

  expect(worded).toEqual(expect.arrayContaining([...gatewayResponseTypes]));
});
