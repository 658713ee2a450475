import type { Samples } from "#bench/samples.ts";
import { median } from "#bench/statistics.ts";
import { shortFigure } from "./table.ts";

/** Lambda gives 1,769 MB one core, so chat-stream's 1,024 MB are this part of a core. */
const shareOfCore = 1_024 / 1_769;

interface Step {
  step: string;
  /** In milliseconds. Undefined where the step does not happen. */
  warm?: number | undefined;
  cold?: number | undefined;
  basis: string;
}

/** Returns the time to the first token in AWS as Markdown: each step, warm and cold, and where its figure comes from. */
export function budgetTable(samples: Samples): string {
  const figure = (row: string): number | undefined => {
    const values = samples[row]?.this;
    return values && median(values);
  };
  const warm = figure("first-token");
  const steps: Step[] = [
    {
      step: "CloudFront, API Gateway and the call of the function",
      warm: 20,
      cold: 20,
      basis: "estimate",
    },
    { step: "a new environment, and Node's own start", cold: 170, basis: "published [1]" },
    {
      step: "the module's init, at a full core",
      cold: figure("cold-init"),
      basis: "measured: section `cold`",
    },
    {
      step: "ended session and bucket, side by side (DynamoDB)",
      warm: 5,
      cold: 5,
      basis: "estimate",
    },
    {
      step: "accept, claim and thread, one request (Neon)",
      warm: 5,
      cold: 5,
      basis: "published [2]",
    },
    {
      step: "our own work until the first token, at 0.58 of a core",
      warm: warm && warm / shareOfCore,
      cold: figure("cold-first-token"),
      basis: "measured; the warm figure is the table's, divided by 0.58",
    },
  ];
  const sum = (kind: "warm" | "cold") => steps.reduce((ms, one) => ms + (one[kind] ?? 0), 0);
  const rows = steps.map((one) => [one.step, cell(one.warm), cell(one.cold), one.basis]);
  const table = [
    ["step", "warm, ms", "cold, ms", "basis"],
    ["---", "--:", "--:", "---"],
    ...rows,
    ["**sum without the model**", `**${cell(sum("warm"))}**`, `**${cell(sum("cold"))}**`, ""],
  ];
  return table.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const cell = (ms: number | undefined): string => (ms === undefined ? "–" : shortFigure(ms));
