import { expect, it } from "vitest";
import { startSchedules } from "./schedules.ts";

it("invokes a function repeatedly, also after a failure, until it is closed", async () => {
  const calls: unknown[] = [];
  const notes: string[] = [];
  const twice = Promise.withResolvers<void>();
  const host = {
    async invoke(name: string, event: unknown) {
      calls.push([name, event]);
      if (calls.length === 2) twice.resolve();
      throw new Error("no database");
    },
  };
  const schedule = { functionName: "tidy", rate: "rate(1 day)", everyMs: 5 };
  const schedules = await startSchedules([schedule], {
    host,
    onError: (line) => notes.push(line),
  });
  await twice.promise;
  await schedules.close();
  expect(calls[1]).toEqual(["tidy", expect.objectContaining({ source: "aws.events" })]);
  expect(notes[0]).toBe("tidy: no database");
});
