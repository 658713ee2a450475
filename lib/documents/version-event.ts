import * as v from "valibot";
import { Identifier } from "#lib/contract/identifier.ts";

/** Has a version read again, or searched by other vectors. S3 sends events of its own. */
export const VersionEvent = v.object({ version_id: Identifier });
export type VersionEvent = v.InferOutput<typeof VersionEvent>;
