import { toolNames } from "./tool-names.ts";

const number = new Intl.NumberFormat("en");
const format = (value: number) => number.format(value);

/** The texts of a tool call that waits for a decision, in the chat and on the page of an approval link. */
export const approvalEnglish = {
  toolNames: toolNames.en as Record<string, string>,
  /** The heading above one call. */
  question: (tool: string) => `${tool}?`,
  list: "Decisions",
  noArguments: "No details",
  characters: (count: number) => `Show all ${format(count)} characters`,
  /** What happened before with the same tool and arguments. `time`: a day and a time of day. */
  before: {
    done: (time: string) =>
      `The same step was done on ${time}. If you approve, it is done once more.`,
    failed: (time: string) => `The same step failed on ${time}.`,
    unknown: (time: string) =>
      `It is unknown whether the same step was done on ${time}. If you approve, it may be done twice.`,
  },
  nothingDone: "Nothing has been done yet.",
  next: "The answer goes on after you decide.",
  nextOfSeveral: (count: number) =>
    `The answer goes on after you decide the ${format(count)} open steps.`,
  expires: (time: string) => `You can decide until ${time}.`,
  approve: "Approve",
  approving: "Approving…",
  approveAll: "Approve all",
  deny: "Deny",
  denying: "Denying…",
  denyAll: "Deny all",
  /** Name a button for a screen reader: it begins with the button's visible text. */
  approveTool: (tool: string) => `Approve: ${tool}`,
  denyTool: (tool: string) => `Deny: ${tool}`,
  note: "Note to the model (optional)",
  cancel: "Cancel",
  decided: {
    approved: "Approved. It is done once you have decided the other steps.",
    denied: "Denied.",
    expired: "Nobody decided in time. This step will not be done.",
    void: "The answer has ended. This step was not done.",
  },
  notDecided: "Nothing was decided.",
  /** `time`: a day and a time of day. */
  budgetUsedUp: (time: string) =>
    `The budget for answers is used up. It renews on ${time}. Nothing was decided; decide again then.`,
  uncertain: "Your decision may have been saved. Press again to make sure; it counts only once.",

  link: {
    heading: "Decision about one step",
    loading: "Loading…",
    introduction: "The assistant asks before it does this:",
    onlyThis: "This link shows this step and nothing else of the chat.",
    decisionSaved: {
      approve: "Approved. The answer goes on after all its steps are decided.",
      deny: "Denied. The model is told that it may not do this.",
    },
    over: {
      approved: "This step was already approved.",
      denied: "This step was already denied.",
      expired: "This link has expired. Nobody decided in time, and the step will not be done.",
      void: "This step no longer needs a decision. The answer has ended.",
    },
    invalid: "This link doesn’t work. It may have expired, or it is incomplete.",
    changed: "This step has changed since the link was made. Decide in the chat.",
    alreadyDecided: "Someone else decided this step differently.",
    openChat: "Open the chat",
  },
};

export type ApprovalTexts = typeof approvalEnglish;
