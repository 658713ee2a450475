import { expect, it } from "vitest";
import { logicalOrder } from "./logical-order.ts";

const backwards = (text: string) => [...text].reverse().join("");

it.each([
  ["Latin text", "Page 3 of 10", "Page 3 of 10"],
  ["Hebrew text", backwards("שלום עולם"), "שלום עולם"],
  ["Hebrew text with a number", `${backwards("בבוקר")} 10 ${backwards("בשעה")}`, "בשעה 10 בבוקר"],
  [
    "Hebrew text in parentheses",
    `)${backwards("שבת")}(`.replace(/[()]/g, (sign) => (sign === "(" ? ")" : "(")),
    "(שבת)",
  ],
  ["an English line with a Hebrew word", `Say ${backwards("שלום")} to all`, "Say שלום to all"],
])("%s is put into reading order", (_, visual, logical) => {
  expect(logicalOrder(visual)).toBe(logical);
});
