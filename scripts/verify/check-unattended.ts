import { endOfTurn } from "./newest-turn.ts";
import { type Check, expectStatus, expectThat } from "./run-checks.ts";
import { expectEnd } from "./stream-expectations.ts";
import { readAllEvents, readJson, type VerifyClient } from "./verify-client.ts";

/** Checks turns that run without a reader, and turns that wait for a person. `client` is logged in. */
export function unattendedChecks(client: VerifyClient): Check[] {
  return [
    {
      name: "a message is answered without a reader",
      async run() {
        const { conversationId } = await client.post("Count from one to three.", undefined, {
          prefer: "respond-async",
        });
        const turn = await endOfTurn(client, conversationId);
        expectThat(turn.status === "done", `the turn is ${turn.status}`);
        return "done, so Lambda's event invocation works";
      },
    },
    {
      name: "a note waits for a decision and is kept once",
      run: () => withNotes(client, () => decideAboutNote(client)),
    },
  ];
}

async function decideAboutNote(client: VerifyClient): Promise<string> {
  const text = `verification ${crypto.randomUUID().slice(0, 8)}`;
  const message = `Save this note with the tool save_note: ${text}`;
  const { streamUrl, conversationId, turnId } = await client.post(message);
  const events = await readAllEvents(await client.stream(streamUrl));
  if (events.at(-1)?.event === "done" && (await countNotes(client, text)) > 0) {
    await deleteNotes(client, text);
    return "skipped: the policy of this deployment saves notes without a decision";
  }
  expectEnd(events, "waiting");
  const call = firstCall(events.at(-1)?.data.calls);
  expectThat((await countNotes(client, text)) === 0, "the note is kept before the decision");

  const decision = {
    conversation_id: conversationId,
    turn_id: turnId,
    call_id: call.id,
    arguments_sha256: call.approval?.arguments_sha256,
    decision: "approve",
  };
  for (const what of ["decision", "same decision again"]) {
    const response = await client.sendJson("/api/v1/chat/decision", decision);
    expectThat(response.status === 200, `the ${what} returned status ${response.status}`);
    await response.body?.cancel();
  }
  const turn = await endOfTurn(client, conversationId);
  expectThat(turn.status === "done", `the turn is ${turn.status} after the decision`);
  const kept = await countNotes(client, text);
  expectThat(kept === 1, `the note is kept ${kept} times`);
  await deleteNotes(client, text);
  return "waited, then kept once after two equal decisions";
}

/** Runs the check with notes turned on, and leaves them as they were. */
async function withNotes(client: VerifyClient, check: () => Promise<string>): Promise<string> {
  const response = await client.send("/api/v1/notes");
  if (response.status === 404) return "skipped: this deployment has no notes";
  expectStatus(response, 200);
  const { enabled } = await readJson(response);
  if (enabled !== true) await enableNotes(client, true);
  try {
    return await check();
  } finally {
    if (enabled !== true) await enableNotes(client, false);
  }
}

const enableNotes = (client: VerifyClient, enabled: boolean) =>
  client.change("PATCH", "/api/v1/notes", { enabled });

async function notesWith(client: VerifyClient, text: string): Promise<{ id: string }[]> {
  const { notes } = await client.get("/api/v1/notes");
  const all: unknown[] = Array.isArray(notes) ? notes : [];
  return all.filter((note): note is { id: string; text: string } =>
    textOfNote(note).includes(text),
  );
}

const textOfNote = (note: unknown): string =>
  typeof note === "object" && note !== null && "text" in note ? String(note.text) : "";

const countNotes = async (client: VerifyClient, text: string) =>
  (await notesWith(client, text)).length;

async function deleteNotes(client: VerifyClient, text: string): Promise<void> {
  for (const { id } of await notesWith(client, text)) {
    await client.delete(`/api/v1/notes/${id}`);
  }
}

interface WaitingCall {
  id?: string;
  approval?: { arguments_sha256?: string };
}

function firstCall(calls: unknown): WaitingCall {
  const [call] = Array.isArray(calls) ? (calls as WaitingCall[]) : [];
  expectThat(call?.id !== undefined, "the waiting event has no call");
  return call;
}
