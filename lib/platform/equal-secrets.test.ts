import { describe, expect, it } from "vitest";
import { equalSecrets } from "./equal-secrets.ts";

describe("equalSecrets", () => {
  it("accepts the secret itself", () => {
    expect(equalSecrets("correct horse battery", "correct horse battery")).toBe(true);
  });

  it.each([
    ["another of the same length", "correct horse batterz"],
    ["its beginning", "correct horse"],
    ["one with a space after it", "correct horse battery "],
    ["another case", "Correct horse battery"],
    ["nothing", ""],
  ])("refuses %s", (_case, presented) => {
    expect(equalSecrets(presented, "correct horse battery")).toBe(false);
  });

  it("refuses a text that looks the same but has other code points", () => {
    expect(equalSecrets("caf\u00e9", "cafe\u0301")).toBe(false);
  });
});
