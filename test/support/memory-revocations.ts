import type { Revocations } from "#lib/auth/revocations.ts";

/** Revocations in memory. `state.isDown` makes them unreachable. */
export function memoryRevocations() {
  const ended = new Map<string, Date>();
  const state = { isDown: false };
  const reach = () => {
    if (state.isDown) throw new Error("The revocations are unreachable.");
  };
  const revocations: Revocations = {
    async add(sessionId, until) {
      reach();
      ended.set(sessionId, until);
    },
    async has(sessionId) {
      reach();
      return ended.has(sessionId);
    },
  };
  return { revocations, ended, state };
}
