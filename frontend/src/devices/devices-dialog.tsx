import { type ReactNode, useState } from "react";
import { toApiProblem } from "../api/api-problem.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { LoadedDialog } from "../ui/loaded-dialog.tsx";

/** A code for another device, and the devices that are signed in. */
export function DevicesDialog(props: { onClose: () => void; onSessionEnded: () => void }) {
  const { menu, devices } = useTexts();
  const { onSessionEnded } = props;
  const [load] = useState(() => (signal: AbortSignal) => loadDevices(signal, onSessionEnded));
  return <LoadedDialog title={menu.devices} loading={devices.loading} load={load} {...props} />;
}

/** Loads the script that requests and draws the devices. The byte budget of the first load has no room for it. */
async function loadDevices(signal: AbortSignal, onSessionEnded: () => void): Promise<ReactNode> {
  const { loadDeviceList } = await import("./device-list.tsx").catch((error) => {
    throw toApiProblem(error);
  });
  return await loadDeviceList(signal, onSessionEnded);
}
