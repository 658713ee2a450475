import type { Device, Devices } from "#lib/auth/devices.ts";

/** Devices in memory. `state.isDown` makes them unreachable. */
export function memoryDevices() {
  const owned = new Map<string, Map<string, Device>>();
  const state = { isDown: false };
  const of = (owner: string) => {
    if (state.isDown) throw new Error("The devices are unreachable.");
    const listed = owned.get(owner) ?? new Map<string, Device>();
    owned.set(owner, listed);
    return listed;
  };
  const devices: Devices = {
    async record({ owner, sessionId, name, at, insteadOf }) {
      const listed = of(owner);
      if (insteadOf !== undefined) listed.delete(insteadOf);
      const signedInAt = listed.get(sessionId)?.signedInAt ?? at;
      listed.set(sessionId, { sessionId, name, signedInAt, lastUsedAt: at });
    },
    list: async (owner) => [...of(owner).values()],
    async remove({ owner, sessionId }) {
      of(owner).delete(sessionId);
    },
  };
  return { devices, state };
}
