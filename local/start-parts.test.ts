import { expect, test } from "vitest";
import { createPartStarter, startTogether } from "./start-parts.ts";

test("parts are told as they come up and end in the reverse order", async () => {
  const told: string[] = [];
  const started = new AsyncDisposableStack();
  const open = createPartStarter(started, (name, where) => told.push(`${name} ${where}`));
  const end = async (part: number) => told.push(`end ${part}`);

  await open("first", Promise.resolve(1), end, (part) => `at ${part}`);
  await open("second", Promise.resolve(2), end, (part) => `at ${part}`);
  await started.disposeAsync();

  expect(told).toEqual(["first at 1", "second at 2", "end 2", "end 1"]);
});

test("when one part fails the others are up before the failure is told, so that they can be ended", async () => {
  const slow = Promise.withResolvers<string>();
  let isUp = false;
  const waiting = startTogether(
    slow.promise.then(() => {
      isUp = true;
    }),
    Promise.reject(new Error("no port")),
  );
  const outcome = waiting.catch((error: Error) => ({ message: error.message, isUp }));
  slow.resolve("up");

  expect(await outcome).toEqual({ message: "no port", isUp: true });
});
