import { expect, test } from "vitest";
import { createPartStarter, startTogether } from "./start-parts.ts";

test("createPartStarter reports parts as they start and closes them in reverse order", async () => {
  const events: string[] = [];
  const started = new AsyncDisposableStack();
  const startPart = createPartStarter(started, (name, where) => events.push(`${name} ${where}`));
  const close = async (part: number) => events.push(`close ${part}`);

  await startPart("first", Promise.resolve(1), close, (part) => `at ${part}`);
  await startPart("second", Promise.resolve(2), close, (part) => `at ${part}`);
  await started.disposeAsync();

  expect(events).toEqual(["first at 1", "second at 2", "close 2", "close 1"]);
});

test("startTogether throws after all parts have settled, so that they can be closed", async () => {
  const slow = Promise.withResolvers<string>();
  let hasStarted = false;
  const starting = startTogether(
    slow.promise.then(() => {
      hasStarted = true;
    }),
    Promise.reject(new Error("no port")),
  );
  const outcome = starting.catch((error: Error) => ({ message: error.message, hasStarted }));
  slow.resolve("started");

  expect(await outcome).toEqual({ message: "no port", hasStarted: true });
});
