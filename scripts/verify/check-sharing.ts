import { type Check, expectHeader, expectStatus, expectThat } from "./run-checks.ts";
import { readJson, retryAfter429, VerifyClient } from "./verify-client.ts";

const message = "What does this link show?";

/** Imports a conversation, which costs nothing, and returns its id. */
export async function importConversation(client: VerifyClient): Promise<string> {
  const { conversation_id: id } = await client.change("POST", "/api/v1/conversations", {
    title: "Verification",
    turns: [{ message, text: "Itself." }],
  });
  client.conversationIds.add(String(id));
  return String(id);
}

/** Makes a link to a conversation. Returns the address of what the link shows, in the API. */
export async function share(client: VerifyClient, conversationId: string) {
  const { id, url } = await client.change("POST", "/api/v1/shares", {
    conversation_id: conversationId,
  });
  const token = String(url).split("/").at(-1);
  return { id: String(id), page: `/shared/${token}`, api: `/api/v1/shared/${token}` };
}

/** A link that does not exist any more looks like one that never was. */
export async function expectNoLink(origin: string, path: string): Promise<void> {
  const response = await retryAfter429(() => new VerifyClient(origin).send(path));
  expectStatus(response, 404);
  await response.body?.cancel();
}

/** Checks an import, and a link to what was imported. Sets the id of `conversation`. `client` is logged in. */
export function sharingChecks(client: VerifyClient, conversation: { id: string }): Check[] {
  return [
    {
      name: "a conversation from elsewhere is imported",
      async run() {
        conversation.id = await importConversation(client);
        const { title, turns } = await client.get(`/api/v1/conversations/${conversation.id}`);
        const [turn] = Array.isArray(turns) ? turns : [];
        expectThat(title === "Verification", `its title is ${title}`);
        expectThat(turn?.message === message && turn.result === "Itself.", "its turn is missing");
        return "one turn with its answer";
      },
    },
    {
      name: "a link shows the conversation without a session, until it is deleted",
      async run() {
        const { id, page, api } = await share(client, conversation.id);
        const reader = new VerifyClient(client.origin);
        const document = await reader.send(page);
        expectStatus(document, 200);
        expectHeader(document, "x-robots-tag", /noindex/);
        await document.body?.cancel();
        const response = await retryAfter429(() => reader.send(api));
        expectStatus(response, 200);
        expectHeader(response, "x-robots-tag", /noindex/);
        const shown = JSON.stringify(await readJson(response));
        const { subject } = await client.get("/api/me");
        expectThat(shown.includes(message), "it does not show the message");
        expectThat(!shown.includes(String(subject)), "it shows the owner");
        await client.delete(`/api/v1/shares/${id}`);
        await expectNoLink(client.origin, api);
        return "200 without a cookie and without the owner, then 404";
      },
    },
  ];
}
