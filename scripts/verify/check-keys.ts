import { createClient, ProblemError } from "#clients/typescript/src/index.ts";
import type { Scope } from "#lib/contract/api-key.ts";
import { type Check, expectThat } from "./run-checks.ts";
import type { VerifyClient } from "./verify-client.ts";

/** Checks API keys at the function URL with our own client. `client` is logged in and owns the keys, which are revoked in the end. */
export function keyChecks(functionUrl: string, client: VerifyClient): Check[] {
  /** Runs `use` with a new key of the owner, and revokes it. */
  async function withKey(scope: Scope, use: (key: string) => Promise<string>) {
    const body = { name: "Verification", scopes: [scope] };
    const { key, id } = await client.change("POST", "/api/v1/keys", body);
    try {
      return await use(String(key));
    } finally {
      await client.delete(`/api/v1/keys/${id}`);
    }
  }

  /** Returns the text of an answer that a program with this key gets. */
  async function sendAs(key: string): Promise<string> {
    let text = "";
    for await (const { event, data } of createClient({ url: functionUrl, key }).chat({
      message: "What is 12.5% of 480?",
    })) {
      if (event === "turn") client.conversationIds.add(data.conversation_id);
      if (event === "error") throw new Error(`The answer ended with: ${data.detail}`);
      if (event === "done") text = data.text;
    }
    return text;
  }

  const refusalOf = (key: string) =>
    sendAs(key).then(
      () => "no refusal",
      (error: unknown) => (error instanceof ProblemError ? error.problem?.type : String(error)),
    );

  return [
    {
      name: "a key opens the chat for a program, in its owner's name",
      run: () =>
        withKey("chat", async (key) => {
          const before = new Set(client.conversationIds);
          const text = await sendAs(key);
          expectThat(text.includes("60"), "12.5% of 480 is 60, and the answer is not");
          const [id] = [...client.conversationIds].filter((each) => !before.has(each));
          const { title } = await client.get(`/api/v1/conversations/${id}`);
          return `its owner finds "${title}"`;
        }),
    },
    {
      name: "a key without the scope, and a revoked key, are refused",
      async run() {
        const scope = await withKey("documents:read", async (key) => String(await refusalOf(key)));
        expectThat(scope === "missing_scope", `expected missing_scope, got ${scope}`);
        // A key that was never used is in no instance's memory.
        const revoked = await refusalOf(await withKey("chat", async (key) => key));
        expectThat(revoked === "unauthorized", `expected unauthorized, got ${revoked}`);
        return `${scope}, ${revoked}`;
      },
    },
  ];
}
