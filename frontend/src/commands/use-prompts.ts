import { useEffect, useState } from "react";
import { requestJson } from "#frontend/api/request.ts";
import { OwnerSettings } from "#lib/contract/settings.ts";

export type Prompt = OwnerSettings["prompts"][number];

/** Returns the person's own prompts. None until they have loaded, and if they do not load: the rest works without them. */
export function usePrompts(): readonly Prompt[] {
  const [prompts, setPrompts] = useState<readonly Prompt[]>([]);

  useEffect(() => {
    const unmounting = new AbortController();
    requestJson("/api/v1/settings", OwnerSettings, { signal: unmounting.signal }).then(
      (settings) => setPrompts(settings.prompts),
      () => undefined,
    );
    return () => unmounting.abort();
  }, []);

  return prompts;
}
