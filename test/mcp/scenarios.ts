/** The official conformance suites for clients, and the revisions of the protocol that each of them checks here. */
export const suites = {
  "0.1.16": { path: "node_modules/@modelcontextprotocol/conformance/dist/index.js" },
  "0.2.0-alpha.12": { path: "node_modules/mcp-conformance-2026/dist/index.js" },
} as const;
export type Suite = keyof typeof suites;

interface Scenario {
  suite: Suite;
  name: string;
  revision: string;
  /** Runs with every `npm test`. */
  isQuick?: true;
  /** Checks of the scenario that do not apply, and why. */
  except?: Readonly<Record<string, string>>;
}

/** What our client passes. */
export const passed: readonly Scenario[] = [
  { suite: "0.1.16", name: "initialize", revision: "2025-11-25" },
  { suite: "0.1.16", name: "tools_call", revision: "2025-11-25", isQuick: true },
  { suite: "0.1.16", name: "sse-retry", revision: "2025-11-25" },
  { suite: "0.2.0-alpha.12", name: "initialize", revision: "2025-11-25" },
  { suite: "0.2.0-alpha.12", name: "tools_call", revision: "2025-11-25" },
  { suite: "0.2.0-alpha.12", name: "sse-retry", revision: "2025-11-25" },
  { suite: "0.2.0-alpha.12", name: "json-schema-2020-12-preservation", revision: "2025-11-25" },
  { suite: "0.2.0-alpha.12", name: "tools_call", revision: "2026-07-28", isQuick: true },
  { suite: "0.2.0-alpha.12", name: "request-metadata", revision: "2026-07-28", isQuick: true },
  { suite: "0.2.0-alpha.12", name: "http-standard-headers", revision: "2026-07-28" },
  { suite: "0.2.0-alpha.12", name: "http-custom-headers", revision: "2026-07-28", isQuick: true },
  { suite: "0.2.0-alpha.12", name: "http-invalid-tool-headers", revision: "2026-07-28" },
  { suite: "0.2.0-alpha.12", name: "json-schema-ref-no-deref", revision: "2026-07-28" },
  { suite: "0.2.0-alpha.12", name: "json-schema-2020-12-preservation", revision: "2026-07-28" },
];

/** What does not apply to our client, by the beginning of the scenarios' names, and why. */
export const exceptions: Readonly<Record<string, string>> = {
  "auth/": "OAuth is not supported: a server gets a fixed key in a header of the secret.",
  "elicitation-":
    "The client declares no elicitation: nobody answers a server in the middle of a call.",
  "sep-2322-":
    "A result that requires an input is refused with a sentence, so no state is sent back.",
  "sep-2640-": "Skills are an extension, and the agent takes nothing but tools.",
};

const first = "0.1.16";
const second = "0.2.0-alpha.12";

const noExample = "Calls tools of the suite's own example server.";
const noSubscriptions =
  "A subscription is refused: it would keep a function running, and the tools change only with a deployment.";

/** What our server passes. */
export const passedByServer: readonly Scenario[] = [
  { suite: first, name: "server-initialize", revision: "2025-11-25" },
  { suite: first, name: "ping", revision: "2025-11-25" },
  { suite: first, name: "tools-list", revision: "2025-11-25" },
  { suite: first, name: "dns-rebinding-protection", revision: "2025-11-25" },
  { suite: second, name: "server-initialize", revision: "2025-11-25" },
  { suite: second, name: "ping", revision: "2025-11-25" },
  { suite: second, name: "tools-list", revision: "2025-11-25" },
  { suite: second, name: "dns-rebinding-protection", revision: "2025-11-25" },
  {
    ...{ suite: second, name: "server-stateless", revision: "2026-07-28" },
    except: {
      ServerRejectsUndeclaredCapability: noExample,
      MissingCapabilityHttp400: noExample,
      HttpServerNoIndependentRequestsOnStream: noExample,
      ServerNoLogWithoutLogLevel: noExample,
      ServerSendsSubscriptionAck: noSubscriptions,
      ServerTagsSubscriptionId: noSubscriptions,
    },
  },
  { suite: second, name: "tools-list", revision: "2026-07-28" },
  { suite: second, name: "server-sse-multiple-streams", revision: "2026-07-28" },
  { suite: second, name: "dns-rebinding-protection", revision: "2026-07-28" },
  { suite: second, name: "http-header-validation", revision: "2026-07-28" },
];

/** What does not apply to our server, by the beginning of the scenarios' names, and why. */
export const serverExceptions: Readonly<Record<string, string>> = {
  "tools-call-": `${noExample} The journey calls ours.`,
  "json-schema-2020-12": "Looks for a tool of the suite's own example server.",
  "input-required-result-": `${noExample} The journey decides with ours.`,
  "http-custom-header-server-validation": "No tool of ours takes an argument from a header.",
  "elicitation-":
    "Asks in the middle of a call, over a second connection. Nothing is kept between two requests.",
  "server-sse-":
    "No stream of 2025 is resumed, and no session has several. At 2026-07-28 the server passes.",
  "server-session-lifecycle": "There are no sessions.",
  "resources-": "The server has tools only.",
  "sep-2164-resource-not-found": "The server has tools only.",
  "sep-2640-": "The server has tools only.",
  "prompts-": "The server has tools only.",
  "completion-complete": "The server has tools only.",
  "logging-set-level": "The server has tools only.",
  caching: "Also asks for prompts and resources. The list of tools has the hints.",
  "tasks-": "Tasks are an extension. A call returns when the answer is there.",
};
