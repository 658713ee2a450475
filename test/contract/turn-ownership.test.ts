import { describe, expect, it } from "vitest";
import { openStores } from "./open-stores.ts";
import { acceptAll, claimLease, newOwner, unknownId } from "./turn-steps.ts";

const { countOf, turns } = await openStores();

describe("ownership", () => {
  it("makes what is somebody else's look like what does not exist", async () => {
    const [theirs] = await acceptAll(turns, ["secret"]);
    const [other] = await acceptAll(turns, ["of another conversation"], { owner: theirs.owner });
    const owner = newOwner();
    const foreign = { owner, conversationId: theirs.conversationId, turnId: theirs.turnId };
    const wrong = [
      foreign,
      { owner, conversationId: unknownId, turnId: unknownId },
      { ...theirs, turnId: unknownId },
      { ...theirs, turnId: other.turnId },
    ];
    for (const asked of wrong) {
      expect(await turns.claim(asked)).toEqual({ outcome: "unknown" });
      expect(await turns.watch(asked)).toBeUndefined();
      expect(await turns.stop(asked)).toBeUndefined();
    }
    const appended = { owner, message: "x", bodyHash: "x" };
    expect(await turns.accept({ ...appended, conversationId: theirs.conversationId })).toEqual(
      await turns.accept({ ...appended, conversationId: unknownId }),
    );
    expect(await turns.claim({ ...foreign, turnId: undefined })).toEqual({ outcome: "unknown" });
    expect(await countOf("turns", theirs.owner)).toBe(2);
    expect((await turns.watch(theirs))?.turn.status).toBe("queued");
    expect((await claimLease(turns, theirs)).turn.message).toBe("secret");
  });
});
