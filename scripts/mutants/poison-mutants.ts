import type { Mutant } from "./mutant.ts";

/** What the test of poisoned documents proves. */
export const poisonMutants: Mutant[] = [
  {
    safeguard: "the owner of a document",
    path: "migrations/0014_documents.sql",
    original: "(document.scope = 'site' or document.owner = owner_sees.owner)",
    mutated: "true",
  },
  {
    safeguard: "the conversation of an attached document",
    path: "migrations/0014_documents.sql",
    original: "searchable_versions.owner)\n    and (documents.conversation_id is null or",
    mutated: "searchable_versions.owner)\n    and (true or",
  },
  {
    safeguard: "the question before a change",
    path: "lib/tools/gate/policy.ts",
    original: '  write: "ask",',
    mutated: '  write: "allow",',
  },
  {
    safeguard: "the question before an address that the model wrote",
    path: "lib/tools/gate/plan-call.ts",
    original: ' || isComposed ? "ask"',
    mutated: ' ? "ask"',
  },
  {
    safeguard: "the mark on each line",
    path: "lib/agent/history/frame-tool-result.ts",
    original: "lineMark + text.replaceAll(lineBreak,",
    mutated: 'lineMark + text.replaceAll("\\0",',
  },
  {
    safeguard: "hidden text of Word",
    path: "lib/documents/reading/docx/rewrite-body.ts",
    original: "    if (vanish) return true;\n",
    mutated: "",
  },
  {
    safeguard: "hidden slides",
    path: "lib/documents/reading/read-pptx.ts",
    original: '/^(0|false)$/.test(parts.slide.attributes.show ?? "")',
    mutated: "false",
  },
];
