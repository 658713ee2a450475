import * as v from "valibot";
import { Identifier, Timestamp } from "./identifier.ts";

/** The response of `POST /api/v1/device-codes`: logs one other browser in as the same owner, once. */
export const DeviceCode = v.object({
  /** Ten letters and digits with a hyphen in the middle, such as `K7QMX-2XRP4`. */
  code: v.string(),
  /** The page's address with the code in its fragment. Only a path if the deployment has no public origin. */
  url: v.string(),
  expires_at: Timestamp,
});

/** The body of `POST /api/v1/device-logins`. Case, spaces and hyphens do not matter. */
export const DeviceLoginRequest = v.object({
  code: v.pipe(
    v.string("must be a string"),
    v.minLength(1, "must not be empty"),
    v.maxLength(64, "must have at most 64 characters"),
  ),
});

/** A browser or program that can open the owner's conversations. */
const Device = v.object({
  id: Identifier,
  /** Browser and system, such as `Firefox, Windows`. Null if the device does not say. */
  name: v.nullable(v.string()),
  /** When the device signed in. */
  created_at: Timestamp,
  /** Exact to the hour. */
  last_used_at: Timestamp,
  /** Whether this request came from the device. */
  is_current: v.boolean(),
});

/** The response of `GET /api/v1/devices`: the last used first. */
export const DeviceList = v.object({ devices: v.array(Device) });
export type DeviceList = v.InferOutput<typeof DeviceList>;

/** The path of `DELETE /api/v1/devices/{id}`. */
export const DevicePath = v.object({ id: Identifier });
