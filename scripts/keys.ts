// `npm run keys`: the operator's keys of programs, on the twin or on a stage.
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { ApiKeyCreate } from "#lib/contract/api-key.ts";
import { Identifier } from "#lib/contract/identifier.ts";
import { createApiKeyStore } from "#lib/keys/api-key-store.ts";
import { findDatabase } from "./keys/find-database.ts";
import { openDatabase } from "./keys/open-database.ts";

const usage = `Usage: npm run keys -- create --name <name> [--owner <id>] [--scopes chat,documents:read,documents:write] [--daily-usd <dollars>]
       npm run keys -- list [--owner <id>]
       npm run keys -- revoke <key id>
On the twin of this folder; with --stage prod [--region us-east-1] on a stage; or with DATABASE_URL.
Without --owner a new key has an owner of its own: nobody sees its conversations in the page.`;

try {
  await main();
} catch (error) {
  console.error(`keys: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      name: { type: "string" },
      owner: { type: "string" },
      scopes: { type: "string", default: "chat" },
      "daily-usd": { type: "string" },
      stage: { type: "string" },
      region: { type: "string", default: process.env.AWS_REGION ?? "us-east-1" },
      help: { type: "boolean", default: false },
    },
  });
  const [command, id] = positionals;
  if (values.help || command === undefined) return console.log(usage);
  const owner =
    values.owner === undefined ? undefined : parsed(Identifier, values.owner, "--owner");
  const url = await findDatabase(values);
  await using database = await openDatabase(url);
  const keys = createApiKeyStore(database);
  switch (command) {
    case "create": {
      const key = await keys.create({
        owner: owner ?? randomUUID(),
        ...parsed(
          ApiKeyCreate,
          {
            name: values.name,
            scopes: values.scopes.split(","),
            ...(values["daily-usd"] && { daily_budget_usd: Number(values["daily-usd"]) }),
          },
          "",
        ),
      });
      if (!key) throw new Error("This owner has the most keys that an owner may have. Revoke one.");
      console.log(`${key.key}\nThis is the only time that the key is shown. Its id is ${key.id}.`);
      return;
    }
    case "list":
      return console.table(
        Object.fromEntries((await keys.list(owner)).map(({ id, ...key }) => [id, key])),
      );
    case "revoke":
      if (id === undefined) throw new Error("Name the id of the key: npm run keys -- revoke <id>.");
      if (!(await keys.revoke({ id, owner }))) throw new Error("No key has this id.");
      return console.log("The key opens nothing any more, within a minute.");
    default:
      throw new Error(`There is no command ${command}.\n${usage}`);
  }
}

function parsed<Output>(schema: v.GenericSchema<unknown, Output>, value: unknown, name: string) {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Error(`${v.getDotPath(issue) ?? name} ${issue.message}.`);
}
