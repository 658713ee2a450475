import { useEffect, useState } from "react";
import { loadOwnerSettings } from "#frontend/chat/settings/owner-settings.ts";
import type { Prompt } from "#lib/contract/settings.ts";

/** Returns the person's own prompts. None until they have loaded, and if they do not load: the rest works without them. */
export function usePrompts(): readonly Prompt[] {
  const [prompts, setPrompts] = useState<readonly Prompt[]>([]);

  useEffect(() => {
    const unmounting = new AbortController();
    loadOwnerSettings(unmounting.signal).then(
      (settings) => setPrompts(settings.prompts),
      () => undefined,
    );
    return () => unmounting.abort();
  }, []);

  return prompts;
}
