import { describe, expect, it } from "vitest";
import { toolName } from "./tool-names.ts";

describe("the name of a tool", () => {
  it.each([
    ["send_webhook", "Send to a webhook"],
    ["helpdesk_create_ticket", "Create ticket · helpdesk"],
    ["echo", "Echo"],
    ["toString", "ToString"],
  ])("reads %s as %s", (name, words) => {
    expect(toolName(name, { send_webhook: "Send to a webhook" })).toBe(words);
  });
});
