import { describe, expect, it } from "vitest";
import { openStores } from "./open-stores.ts";
import { acceptAll, claimLease, newOwner, unknownId } from "./turn-steps.ts";

const { countOf, turns } = await openStores();

describe("every call", () => {
  it("treats another owner's turn like an unknown turn", async () => {
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
    for (const requested of wrong) {
      expect(await turns.claim(requested)).toEqual({ outcome: "unknown" });
      expect(await turns.watch(requested)).toBeUndefined();
      expect(await turns.stop(requested)).toBeUndefined();
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
