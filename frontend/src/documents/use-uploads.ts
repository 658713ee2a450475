import { useSyncExternalStore } from "react";
import type { Upload } from "./upload.ts";
import { uploads } from "./uploads.ts";

/** Returns every upload of this tab. */
export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(uploads.subscribe, uploads.read);
}
