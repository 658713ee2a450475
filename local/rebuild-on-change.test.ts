import { setTimeout as delay } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { rebuildOnChange } from "./rebuild-on-change.ts";

it("leaves a failure of the first build to the start", async () => {
  const failures: unknown[] = [];
  const note = (reason: unknown) => void failures.push(reason);
  process.on("unhandledRejection", note);
  const reloadFunctions = vi.fn(async () => {});
  const bundled = Promise.reject(new Error("Syntax error"));
  bundled.catch(() => {}); // As `npm run dev` does.
  const watching = rebuildOnChange({ reloadFunctions, bundled });
  await delay(150);
  watching.close();
  process.off("unhandledRejection", note);
  expect(failures).toEqual([]);
  expect(reloadFunctions).not.toHaveBeenCalled();
});
