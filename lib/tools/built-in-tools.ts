import { calculator } from "./calculator/calculator.ts";
import { createCurrentTime } from "./current-time.ts";
import type { Tool } from "./tool.ts";

/** The tools that work in every deployment. */
export const builtInTools: readonly Tool[] = [calculator, createCurrentTime(() => new Date())];
