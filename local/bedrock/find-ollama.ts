import * as v from "valibot";

const Tags = v.object({ models: v.array(v.object({ name: v.string() })) });
const Show = v.object({ capabilities: v.optional(v.array(v.string()), []) });

export type OllamaSearch =
  /** `others`: further models of this server that can use tools. */
  | { outcome: "found"; endpoint: string; model: string; others: string[] }
  | { outcome: "unreachable" | "no tools"; endpoint: string }
  | { outcome: "not local" };

/**
 * Finds an Ollama server on this machine with a model that can use tools: the model in `OLLAMA_MODEL`, else the one
 * changed last. `OLLAMA_HOST` may name another port. Sends no request to another machine.
 */
export async function findOllama(
  environment: Record<string, string | undefined>,
  timeoutMs: number,
): Promise<OllamaSearch> {
  const endpoint = localEndpoint(environment.OLLAMA_HOST);
  if (endpoint === undefined) return { outcome: "not local" };
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const { models } = v.parse(Tags, await fetchJson(`${endpoint}/api/tags`, { signal }));
    const wanted = environment.OLLAMA_MODEL;
    const names = models.map(({ name }) => name);
    const canUse = await Promise.all(names.map((name) => canUseTools(endpoint, name, signal)));
    const usable = names.filter((_, index) => canUse[index]);
    const model = usable.find((name) => !wanted || name === wanted || name === `${wanted}:latest`);
    return model === undefined
      ? { outcome: "no tools", endpoint }
      : { outcome: "found", endpoint, model, others: usable.filter((name) => name !== model) };
  } catch {
    // The port is closed, the server too slow, or no Ollama.
    return { outcome: "unreachable", endpoint };
  }
}

async function canUseTools(endpoint: string, model: string, signal: AbortSignal): Promise<boolean> {
  const body = JSON.stringify({ model });
  const headers = { "content-type": "application/json" };
  const shown = await fetchJson(`${endpoint}/api/show`, { method: "POST", headers, body, signal });
  return v.parse(Show, shown).capabilities.includes("tools");
}

async function fetchJson(url: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(url, { ...init, redirect: "error" });
  if (!response.ok) throw new Error(`Ollama returned status ${response.status}.`);
  return await response.json();
}

/** Parses `OLLAMA_HOST` like Ollama: scheme and port are optional, and 0.0.0.0 means this machine. */
function localEndpoint(host = "127.0.0.1"): string | undefined {
  const text = host.includes("://") ? host : `http://${host}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = ["127.0.0.1", "localhost", "[::1]", "0.0.0.0"];
  if (!url || !local.includes(url.hostname)) return undefined;
  const name = url.hostname === "0.0.0.0" ? "127.0.0.1" : url.hostname;
  return `http://${name}:${url.port || 11434}`;
}
