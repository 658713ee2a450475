import type { RunParts } from "#lib/agent/agent.ts";
import { endlessPurse } from "./endless-purse.ts";
import { createMemoryActs } from "./memory-acts.ts";

/** Returns what a run of a turn needs beside its turn: enough money, nothing before, and nobody who stops it. */
export const runParts = (changes: Partial<RunParts> = {}): RunParts => ({
  signal: new AbortController().signal,
  purse: endlessPurse(),
  owner: "owner-1",
  acts: createMemoryActs(),
  resumes: false,
  tools: [],
  sources: [],
  ...changes,
});
