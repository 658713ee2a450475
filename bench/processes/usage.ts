// Loaded with --import into every measured process, the baselines included: returns its processor time and memory.
import { answerCalls } from "./calls.ts";

export interface Usage {
  cpuMs: number;
  residentBytes: number;
}

answerCalls({
  usage(): Usage {
    const { user, system } = process.cpuUsage();
    return { cpuMs: (user + system) / 1_000, residentBytes: process.memoryUsage.rss() };
  },
});
