import { describe, expect, it } from "vitest";
import { DocumentFault, readLimits } from "./document-file.ts";
import { readDocument } from "./read-in-process.ts";

const file = (text: string, name = "leave.txt") =>
  ({ bytes: Buffer.from(text), name, format: "text" }) as const;
const leave = file("Employees have 28 days of paid leave in each year.");

describe("readDocument", () => {
  it("returns the text, its passages and its language", async () => {
    expect(await readDocument(leave)).toMatchObject({
      language: "english",
      parts: [{ number: 1, kind: "section", text: leave.bytes.toString() }],
      chunks: [{ ordinal: 0, text: leave.bytes.toString() }],
    });
  });

  it.each([
    ["milliseconds", { milliseconds: 1 }, "The file takes longer to read than 1 seconds."],
    ["memory", { megabytes: 10 }, "The file takes more memory to read than 10 MB."],
    ["characters", { characters: 20 }, "The document has more than 20 characters."],
    ["pages", { pages: 0 }, "The document has more than 0 pages."],
  ])(
    "refuses a file beyond the limit of %s, and reads the next one",
    async (_, limit, sentence) => {
      const reading = readDocument(leave, { ...readLimits, ...limit });
      await expect(reading).rejects.toThrow(new DocumentFault(sentence));
      expect((await readDocument(leave)).chunks).toHaveLength(1);
    },
  );

  it("reads a file while another one is refused", async () => {
    const [good, bad] = await Promise.allSettled([
      readDocument(leave),
      readDocument(file("PK\u0003\u0004 and nothing else", "report.txt")),
    ]);
    expect(good.status).toBe("fulfilled");
    expect(bad).toMatchObject({ status: "rejected", reason: { name: "DocumentFault" } });
  });

  it("ends with the reason of its signal", async () => {
    const controller = new AbortController();
    const reading = readDocument(leave, readLimits, controller.signal);
    const reason = new Error("the function's time is over");
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  it("does not block the thread while it reads a megabyte", async () => {
    const long = file("Employees have 28 days of paid leave. ".repeat(30_000));
    let longest = 0;
    let before = performance.now();
    const ticks = setInterval(() => {
      longest = Math.max(longest, performance.now() - before);
      before = performance.now();
    }, 5);
    const { chunks } = await readDocument(long);
    clearInterval(ticks);
    expect(chunks.length).toBeGreaterThan(900);
    expect(longest).toBeLessThan(1_000);
  });
});
