import { type ReactNode, useRef, useState } from "react";
import { DeviceList as DeviceListSchema } from "#lib/contract/device.ts";
import { requestJson, requestRemoval } from "../api/request.ts";
import { useDeviceTexts } from "../texts/use-device-texts.ts";
import { useFormats } from "../texts/use-formats.ts";
import { ConfirmedButton } from "../ui/confirmed-button.tsx";
import { NoticeLine } from "../ui/notice-line.tsx";
import { useRequests } from "../ui/use-requests.ts";
import { CodePanel } from "./code-panel.tsx";
import styles from "./devices.module.css";

type Device = DeviceListSchema["devices"][number];

const path = "/api/v1/devices";

const requestDevices = async (signal?: AbortSignal): Promise<Device[]> =>
  (await requestJson(path, DeviceListSchema, signal ? { signal } : {})).devices;

/**
 * Returns the owner's devices, below what makes a code for another one.
 * @throws ApiProblem, or the reason of `signal`
 */
export async function loadDeviceList(
  signal: AbortSignal,
  onSessionEnded: () => void,
): Promise<ReactNode> {
  const first = await requestDevices(signal);
  return <DeviceList first={first} onSessionEnded={onSessionEnded} />;
}

function DeviceList({ first, onSessionEnded }: { first: Device[]; onSessionEnded: () => void }) {
  const texts = useDeviceTexts();
  const [devices, setDevices] = useState(first);
  const [added, setAdded] = useState<Device | null>(null);
  const { failure, run } = useRequests(onSessionEnded);
  const heading = useRef<HTMLHeadingElement>(null);

  /** Looks whether the code was used. Returns whether it was. */
  const lookForDevice = async (signal: AbortSignal): Promise<boolean> => {
    const now = await requestDevices(signal);
    const isNew = ({ id }: Device) => !devices.some((device) => device.id === id);
    setDevices(now);
    setAdded(now.find(isNew) ?? null);
    return now.some(isNew);
  };

  const signOut = ({ id }: Device) =>
    run(async () => {
      await requestRemoval(`${path}/${encodeURIComponent(id)}`);
      setDevices((before) => before.filter((device) => device.id !== id));
      // The button that had the focus goes with its device.
      heading.current?.focus();
    });

  return (
    <div className={styles.devices}>
      <CodePanel onLook={lookForDevice} run={run} />
      {failure !== null && <NoticeLine notice={failure} then="tryAgain" />}
      <p className={styles.aside} role="status">
        {added !== null && texts.signedIn(added.name ?? texts.unknown)}
      </p>
      <h3 className={styles.heading} ref={heading} tabIndex={-1}>
        {texts.devices(devices.length)}
      </h3>
      <ul className={styles.list} aria-label={texts.list}>
        {devices.map((device) => (
          <DeviceRow key={device.id} device={device} onSignOut={() => void signOut(device)} />
        ))}
      </ul>
    </div>
  );
}

function DeviceRow({ device, onSignOut }: { device: Device; onSignOut: () => void }) {
  const texts = useDeviceTexts();
  const formats = useFormats();
  const nameId = `device-${device.id}`;
  const at = (time: string) => formats.time(new Date(time));

  return (
    <li className={styles.device}>
      <div>
        <p id={nameId}>
          {device.name ?? texts.unknown}
          {device.is_current && <strong className={styles.current}>{texts.current}</strong>}
        </p>
        <p className={styles.aside}>
          {texts.signedInAt(at(device.created_at))}
          <br />
          {texts.lastUsed(at(device.last_used_at))}
        </p>
      </div>
      {/* The menu signs out this device, and says what that means. */}
      {!device.is_current && (
        <ConfirmedButton
          label={texts.signOut}
          question={texts.signOutQuestion}
          describedBy={nameId}
          onConfirm={onSignOut}
        />
      )}
    </li>
  );
}
