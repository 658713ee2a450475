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
