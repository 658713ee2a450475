import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createDatabase } from "#lib/platform/postgres.ts";
import { neonRefusals, type Refusal } from "#local/neon/refusal.ts";
import { openTestDatabase } from "#test/support/database.ts";

const page = readFileSync(join(import.meta.dirname, "../../local/neon/README.md"), "utf8");

/** The refusals of Neon in the table of local/neon/README.md, which names the sources. */
const documented = [...page.matchAll(/^\| `(\w+)` \| (\d+) \| (\w+) \| (.+?) \| `(\w+)` \|/gm)].map(
  ([, name = "", status, code, words = "", reason]) => ({ name, status, code, words, reason }),
);

const test = await openTestDatabase();
afterAll(() => test.close());

/** Returns the stand-in's refusal. The first test compares the names of both. */
const refusalOf = (name: string) => Object.entries(neonRefusals).find(([key]) => key === name)?.[1];

async function refusedWith<T>(refusal: Refusal | undefined, work: () => Promise<T>): Promise<T> {
  test.neon.fault = () => refusal;
  try {
    return await work();
  } finally {
    test.neon.fault = undefined;
  }
}

async function post(url: string) {
  const response = await fetch(test.sqlEndpoint, {
    method: "POST",
    body: JSON.stringify({ query: "select 1", params: [] }),
    headers: {
      "Neon-Connection-String": url,
      "Neon-Raw-Text-Output": "true",
      "Neon-Array-Mode": "true",
    },
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const codeOf: Record<string, string | undefined> = { empty: "", none: undefined };

const select = (url: string) =>
  createDatabase({ url: async () => url, endpoint: test.sqlEndpoint }).query({
    text: "select 1",
    params: [],
  });

it("the README lists every refusal of the stand-in", () => {
  expect(documented.map(({ name }) => name)).toEqual(Object.keys(neonRefusals));
});

describe.each(documented)("$name", ({ name, status, code = "", words, reason }) => {
  it("is refused as the README says", async () => {
    const answer = await refusedWith(refusalOf(name), () => post(test.url));
    expect(answer.status).toBe(Number(status));
    expect(answer.body.message.startsWith(words)).toBe(true);
    expect(answer.body.code).toBe(code in codeOf ? codeOf[code] : code);
  });

  it(`is a 503 of the class ${reason}`, async () => {
    const refused = refusedWith(refusalOf(name), () => select(test.url));
    await expect(refused).rejects.toMatchObject({
      name: "DatabaseUnavailable",
      status: 503,
      reason,
    });
  });
});

it("a wrong password gets Neon's message and an empty code", async () => {
  const url = Object.assign(new URL(test.url), { password: "guess" });
  expect(await post(url.href)).toEqual({
    status: 400,
    body: {
      ...neonRefusals.wrong_password.fields,
      message: `password authentication failed for user '${url.username}'`,
    },
  });
  await expect(select(url.href)).rejects.toMatchObject({ reason: "access_denied" });
});

it("a missing database is a 500 with its code in the body", async () => {
  const url = Object.assign(new URL(test.url), { pathname: "/nowhere" });
  expect(await post(url.href)).toMatchObject({ status: 500, body: { code: "3D000" } });
  await expect(select(url.href)).rejects.toMatchObject({ reason: "not_found" });
});

it("a response that is cut in its body is fetched again", async () => {
  const cuts: string[] = [];
  test.neon.fault = ({ body }) => (cuts.push(body) === 1 ? "cut-in-answer" : undefined);
  expect(await select(test.url)).toEqual([{ "?column?": 1 }]);
  test.neon.fault = undefined;
  expect(cuts).toHaveLength(2);
});
