import { expect, it } from "vitest";
import { createNoteStore } from "#lib/notes/note-store.ts";
import { createOwnerSettingsStore } from "#lib/owner-settings/owner-settings-store.ts";
import { openStores } from "./open-stores.ts";
import { acceptAll, claimLease, newOwner } from "./turn-steps.ts";

const { database, neon, requestsOf, turns } = await openStores();
const settings = createOwnerSettingsStore(database);

it("an owner who has set nothing has no instructions and no prompts", async () => {
  expect(await settings.get(newOwner())).toEqual({ instructions: "", prompts: [] });
});

it("a change keeps what it does not name, and other owners see nothing of it", async () => {
  const owner = newOwner();
  const prompts = [{ name: "kurz_1", text: "Fasse zusammen:\n“…”" }];
  expect(await settings.update({ owner, prompts })).toEqual({ instructions: "", prompts });
  expect(await settings.update({ owner, instructions: "Be brief." })).toEqual({
    ...{ instructions: "Be brief.", prompts },
  });
  expect(await settings.update({ owner, prompts: [] })).toEqual({
    ...{ instructions: "Be brief.", prompts: [] },
  });
  expect(await settings.get(owner)).toEqual({ instructions: "Be brief.", prompts: [] });
  expect(await settings.get(newOwner())).toEqual({ instructions: "", prompts: [] });
  expect(await settings.update({ owner, instructions: "" })).toMatchObject({ instructions: "" });
});

it("instructions and the memory of notes are set apart", async () => {
  const owner = newOwner();
  await createNoteStore(database).setEnabled({ owner, enabled: true });
  await settings.update({ owner, instructions: "Be brief." });
  const [first] = await acceptAll(turns, ["Hello"], { owner });
  const { turn } = await claimLease(turns, first);
  expect(turn).toMatchObject({ notesEnabled: true, ownerInstructions: "Be brief." });
});

it("each call is one database request, and a change whose reply is lost holds once", async () => {
  const owner = newOwner();
  expect(await requestsOf(() => settings.get(owner))).toBe(1);
  let faults = 1;
  neon.fault = () => (faults-- > 0 ? "cut-answer" : undefined);
  const changed = await settings.update({ owner, instructions: "Be brief." });
  neon.fault = undefined;
  expect(changed).toEqual({ instructions: "Be brief.", prompts: [] });
});
