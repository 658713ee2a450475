import { afterAll, beforeAll, expect, it } from "vitest";
import type { ChatClient } from "#test/support/chat-client.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { openTwin } from "#test/support/open-twin.ts";
import { evaluatedLibrary, readCases } from "./case.ts";
import { runCase } from "./run-case.ts";
import { connectSampleDatabase, type SampleDatabase } from "./sample-database.ts";

const { twin, logIn } = await openTwin({
  viewerAddress: manyAddresses(),
  library: evaluatedLibrary,
});
let client: ChatClient;
let database: SampleDatabase;

beforeAll(async () => {
  await twin.libraryFilled;
  client = await logIn();
  database = await connectSampleDatabase(twin.parts.postgres);
});
afterAll(() => database.close());

it.each(readCases())("the demo model passes the case $name", async (evaluated) => {
  const { query } = database;
  const { faults } = await runCase(evaluated, { client, query });
  expect(faults).toEqual([]);
});
