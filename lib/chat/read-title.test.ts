import { describe, expect, it } from "vitest";
import { readTitle } from "./read-title.ts";

describe("readTitle", () => {
  it.each([
    ["keeps a plain title", "Trip to Rome in May", "Trip to Rome in May"],
    ["keeps other scripts", "東京の天気", "東京の天気"],
    ["removes quotation marks", "“Trip to Rome”", "Trip to Rome"],
    ["removes German quotation marks", "„Reise nach Rom“", "Reise nach Rom"],
    ["removes label, emphasis and full stop", '**Title: "Trip to Rome."**', "Trip to Rome"],
    ["removes the mark of a heading", "# Titel: Reise nach Rom", "Reise nach Rom"],
    ["keeps quotation marks inside", '"Emma" and "Ida"', '"Emma" and "Ida"'],
    ["keeps an abbreviation's dots", "What to do...", "What to do..."],
    ["drops the line that announces the title", "Here is a title:\n\nTrip to Rome", "Trip to Rome"],
    ["drops a code block's fence", "```\nTrip to Rome\n```", "Trip to Rome"],
    ["joins white space", "  Trip \t to\u00a0 Rome  ", "Trip to Rome"],
    ["removes control and direction marks", "Trip\u0007 to \u202eemoR\u202c", "Trip to emoR"],
    ["keeps a joined emoji", "Family 👩‍👩‍👧 plans", "Family 👩‍👩‍👧 plans"],
    ["keeps markup as text", "<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
  ])("%s", (_case, written, title) => {
    expect(readTitle(written)).toBe(title);
  });

  it.each([
    ["nothing", ""],
    ["invisible characters", "\u200b \u2060"],
    ["only marks", '""'],
    ["several lines", "Trip to Rome\nThis title names the destination."],
    ["more than 80 units", "Trip to Rome ".repeat(10)],
    ["a link", "Log in again at https://evil.example"],
    ["a host", "Log in at www.evil.example"],
    ["half of a surrogate pair", "Trip \ud83d"],
  ])("returns no title for %s", (_case, written) => {
    expect(readTitle(written)).toBeUndefined();
  });
});
