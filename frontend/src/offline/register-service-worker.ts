interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: () => string },
  ): { createScriptURL: (url: string) => string };
}

const path = "/service-worker.js";

/**
 * Registers the worker that opens the page without a network. The content security policy allows one policy of Trusted Types,
 * of this name and once: it can only return the address of this worker.
 */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy("service-worker", { createScriptURL: () => path });
  // A browser may refuse, for example in a private window. The page then needs the network, as before.
  navigator.serviceWorker.register(policy?.createScriptURL(path) ?? path).catch(() => {});
}
