import { type Check, expectThat } from "./run-checks.ts";
import { expectEnd } from "./stream-expectations.ts";
import { type ReceivedEvent, readAllEvents, type VerifyClient } from "./verify-client.ts";

/** Checks the tool `web_search`, if the deployment has it. `client` is logged in. */
export function webSearchChecks(client: VerifyClient): Check[] {
  return [
    {
      name: "a web search finds sources",
      async run() {
        const message =
          "Search the web for AWS Lambda with the tool web_search. Answer in one sentence, and cite a source.";
        const { streamUrl } = await client.post(message);
        const events = await readAllEvents(await client.stream(streamUrl));
        expectEnd(events, "done");
        const call = events.findLast(isSearch)?.data;
        if (call === undefined) return "skipped: the model called no web search";
        expectThat(call.state === "done", `the search is ${call.state}: ${call.output}`);
        const sources = events.filter(({ event }) => event === "source");
        expectThat(sources.length > 0, `the search has no source: ${call.output}`);
        const [first] = sources;
        return `${sources.length} sources, the first from ${hostOf(first?.data.url)}`;
      },
    },
  ];
}

const isSearch = ({ event, data }: ReceivedEvent): boolean =>
  event === "tool" && data.name === "web_search";

const hostOf = (url: unknown): string => URL.parse(String(url))?.host ?? "nowhere";
