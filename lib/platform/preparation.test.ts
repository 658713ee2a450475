import { afterEach, expect, it, vi } from "vitest";
import { createPreparation } from "./preparation.ts";

afterEach(() => {
  vi.useRealTimers();
});

it("finish waits for every part, also behind one that fails", async () => {
  const preparation = createPreparation();
  const slow = Promise.withResolvers<void>();
  let isFinished = false;
  preparation.add(Promise.reject(new Error("The secret x could not be read.")));
  preparation.add(slow.promise);

  const finished = preparation.finish().then(() => {
    isFinished = true;
  });
  await new Promise(setImmediate);
  expect(isFinished).toBe(false);

  slow.resolve();
  await finished;
});

it("finish waits five seconds at most", async () => {
  vi.useFakeTimers();
  const preparation = createPreparation();
  preparation.add(new Promise(() => {}));

  const finished = preparation.finish();
  await vi.advanceTimersByTimeAsync(5_000);
  await finished;
});
