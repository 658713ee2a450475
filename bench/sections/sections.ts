import type { Bench } from "#bench/bench.ts";
import type { Results } from "#bench/report/results.ts";
import type { SectionName } from "#bench/report/rows.ts";
import type { Samples } from "#bench/samples.ts";
import { measureCold } from "./cold.ts";
import { measureFacades } from "./facades.ts";
import { measureGrowth } from "./growth.ts";
import { measureIdle } from "./idle.ts";
import { measurePage } from "./page.ts";
import { measureParallel } from "./parallel.ts";
import { measureRequests } from "./requests.ts";
import { measureStart } from "./start.ts";
import { measureTurns } from "./turns.ts";

/** What a section returns: figures for the table, and data for a plot. */
type Measured = { samples: Samples } & Pick<Results, "traces" | "growth">;

export const sections: Record<SectionName, (bench: Bench) => Promise<Measured>> = {
  turns: async (bench) => ({ samples: await measureTurns(bench) }),
  requests: measureRequests,
  cold: async (bench) => ({ samples: await measureCold(bench) }),
  parallel: async (bench) => ({ samples: await measureParallel(bench) }),
  facades: async (bench) => ({ samples: await measureFacades(bench) }),
  growth: measureGrowth,
  idle: async (bench) => ({ samples: await measureIdle(bench) }),
  page: async (bench) => ({ samples: await measurePage(bench) }),
  start: async (bench) => ({ samples: await measureStart(bench) }),
};

/** What `--quick` measures. */
export const quickSections: readonly SectionName[] = ["turns", "requests"];
