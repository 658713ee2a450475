import type { Revocations } from "#lib/auth/revocations.ts";

/** Revocations in memory, which can be told to be out of reach. */
export function memoryRevocations() {
  const ended = new Map<string, Date>();
  const state = { isDown: false };
  const reach = () => {
    if (state.isDown) throw new Error("out of reach");
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
