import { expect, it } from "vitest";
import { finishDeletion } from "./finish-deletion.ts";

/** Deletes a document with so many versions, whose rows take so many requests. */
async function run({
  versions = 1,
  requests = 1,
  steps = Number.POSITIVE_INFINITY,
  fails = false,
}) {
  const removed: string[] = [];
  let left = requests;
  let taken = 0;
  const versionIds = Array.from({ length: versions }, (_, index) => `v${index}`);
  const isComplete = await finishDeletion(
    {
      objects: {
        async remove(key) {
          if (fails) throw new Error("no S3");
          removed.push(key);
        },
      },
      documents: {
        async deleteRows() {
          left -= 1;
          return left === 0;
        },
      },
    },
    { id: "d", versionIds },
    () => {
      taken += 1;
      return taken <= steps;
    },
  ).catch((error: Error) => error.message);
  return { isComplete, removed: removed.length, rowsDeleted: requests - left };
}

it("removes every object, then the rows in as many requests as they take", async () => {
  expect(await run({ versions: 20, requests: 3 })).toEqual({
    ...{ isComplete: true, removed: 20, rowsDeleted: 3 },
  });
});

it("leaves the rest to the sweep when its time ends", async () => {
  expect(await run({ versions: 20, steps: 2 })).toEqual({
    ...{ isComplete: false, removed: 16, rowsDeleted: 0 },
  });
  expect(await run({ requests: 5, steps: 3 })).toEqual({
    ...{ isComplete: false, removed: 1, rowsDeleted: 2 },
  });
});

it("keeps the rows, which know the keys, while an object is left", async () => {
  expect(await run({ fails: true })).toEqual({ isComplete: "no S3", removed: 0, rowsDeleted: 0 });
});
