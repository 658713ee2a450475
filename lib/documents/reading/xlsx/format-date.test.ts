import { expect, it } from "vitest";
import { formatDate } from "./format-date.ts";

const date = new Date(Date.UTC(2024, 2, 5, 14, 7, 9));

it.each([
  ["dd.mm.yyyy", "05.03.2024"],
  ["d.m.yy h:mm", "5.3.24 14:07"],
  ["mm:ss", "07:09"],
  ["h:mm AM/PM", "2:07 PM"],
  ["yyyy-mm-dd\\Thh:mm:ss", "2024-03-05T14:07:09"],
  ["[$-407]d. mmmm yyyy;@", "5. März 2024"],
  ["[$-415]d mmmm yyyy", "5 marca 2024"],
  ["[$-415]mmmm yyyy", "marzec 2024"],
  ["[$-40C]dddd d mmm yyyy", "mardi 5 mars 2024"],
  ['yyyy"年"m"月"d"日"', "2024年3月5日"],
  ["[Red]dd/mm/yy", "05/03/24"],
  ["m/d/yy", "2024-03-05"],
])("a date in the format %s is %s", (format, text) => {
  expect(formatDate(date, format)).toBe(text);
});

it("elapsed time is no date", () => {
  expect(formatDate(date, "[h]:mm")).toBeUndefined();
});
