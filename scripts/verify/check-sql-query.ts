import { type Check, expectThat } from "./run-checks.ts";
import { expectEnd } from "./stream-expectations.ts";
import { type ReceivedEvent, readAllEvents, type VerifyClient } from "./verify-client.ts";

/**
 * Checks the tool `sql_query`, if the deployment has it. `client` is logged in. The tool exists only while its role can do
 * nothing but read views, so a query that returns also shows that.
 */
export function sqlQueryChecks(client: VerifyClient): Check[] {
  return [
    {
      name: "a query reads the analytics database",
      async run() {
        const message =
          "Call the tool sql_query once to count the rows of one view, and tell me the number.";
        const { streamUrl } = await client.post(message);
        const events = await readAllEvents(await client.stream(streamUrl));
        expectEnd(events, "done");
        const call = events.findLast(isQuery)?.data;
        const isMissing = JSON.stringify(events.at(-1)?.data.remarks ?? []).includes(
          "tools_missing",
        );
        expectThat(
          !isMissing,
          "tools are missing: the log says in sql_query.role_refused or sql_query.schema_failed why",
        );
        if (call === undefined) return "skipped: the model called no query";
        expectThat(call.state === "done", `the query is ${call.state}: ${call.output}`);
        return String(call.output).split("\n", 1)[0] ?? "";
      },
    },
  ];
}

const isQuery = ({ event, data }: ReceivedEvent): boolean =>
  event === "tool" && data.name === "sql_query";
