import { expect, test } from "vitest";
import { readDeployment } from "#local/deployment.ts";
import { plain, readPage, readTable } from "./markdown.ts";

const openapi: { paths: Record<string, Record<string, { security: unknown[] }>> } = JSON.parse(
  readPage("openapi.json"),
);

const rows = readTable("docs/reference/routes.md", "Routes").map((row) => ({
  route: plain(row.route),
  served: plain(row.function),
  isOpen: plain(row["without a session"]) !== "",
}));

test("the page has every operation of openapi.json once and no other", () => {
  const operations = Object.entries(openapi.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(rows.map(({ route }) => route).sort()).toEqual(operations.sort());
});

test("the page names the function that serves each route", () => {
  const functions = readDeployment().routes.map(
    ({ method, path, functionName }) => `${method.toUpperCase()} ${path} ${functionName}`,
  );
  expect(rows.map(({ route, served }) => `${route} ${served}`).sort()).toEqual(functions.sort());
});

test("the page says of each route whether it needs a session, as openapi.json does", () => {
  const open = Object.entries(openapi.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { security }]) =>
      security.length === 0 ? [`${method.toUpperCase()} ${path}`] : [],
    ),
  );
  const openRows = rows.filter(({ isOpen }) => isOpen).map(({ route }) => route);
  expect(openRows.sort()).toEqual(open.sort());
});
