import { answerWith, createGate, interrupt, refuseWith, stall } from "#local/bedrock/script.ts";
import { composer, editor, ended, send, turns } from "#test/support/browser-page.ts";
import { answer, type Studio, startNewChat, waitForAnswer } from "./studio.ts";

export async function takeQueue({ page, twin, take }: Studio) {
  const gate = createGate();
  twin.parts.bedrock.script.add(interrupt(answerWith(answer), 12, stall(gate)));
  await send(page, "How do I add up a column of prices?");
  await gate.reached;
  await turns(page).getByText("Writing…").waitFor({ state: "attached" });
  await take("writing");
  await send(page, "And the average?");
  await turns(page).getByText("Queued").waitFor();
  await take("queued");
  for (let count = 2; count <= 9; count += 1) await send(page, `And number ${count}?`);
  await page.getByText("Queue is full (10).").waitFor();
  await composer(page).fill("And one more?");
  await take("queue-full");
  await composer(page).fill("");
  gate.release();
  await ended(page, 9);
}

export async function takeFailure({ page, twin, take }: Studio) {
  const { script } = twin.parts.bedrock;
  await startNewChat(page);
  script.add(...Array.from({ length: 9 }, () => refuseWith("ValidationException")));
  await send(page, "Hello");
  await turns(page).getByRole("button", { name: "Retry" }).waitFor();
  await take("failed");
  script.clear();

  await startNewChat(page);
  const gate = createGate();
  script.add(interrupt(answerWith(answer), 9, stall(gate)));
  await send(page, "How do I add up a column of prices?");
  await gate.reached;
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await turns(page).getByText("Stopped.", { exact: true }).waitFor();
  gate.release();
  await turns(page).getByRole("button", { name: "Continue" }).waitFor();
  await take("stopped");
}

export async function takeEditing({ page, twin, take }: Studio) {
  await startNewChat(page);
  twin.parts.bedrock.script.add(answerWith(answer), answerWith("Use `sum(prices)`."));
  await send(page, "How do I add up a column?");
  await waitForAnswer(page);
  await turns(page).getByRole("button", { name: "Edit message" }).click();
  await editor(page).waitFor();
  await take("editing");
  await editor(page).fill("How do I add up a column of prices?");
  await page.getByRole("button", { name: "Save only" }).click();
  await turns(page).getByText("Edited").click();
  await turns(page).getByRole("button", { name: "Regenerate" }).click();
  await page.getByRole("group", { name: "Version 2 of 2" }).waitFor();
  await ended(page);
  await page.getByRole("button", { name: "Previous version" }).click();
  await page.getByRole("group", { name: "Version 1 of 2" }).waitFor();
  await page.evaluate(() => scrollTo(0, 0));
  await take("versions");
  await composer(page).fill("word ".repeat(7_000));
  await take("too-long");
  await composer(page).fill("");
  const lines = Array.from({ length: 40 }, (_, index) => `2026-11-29 job ${index + 1} is done`);
  await send(page, `What do these lines say?\n${lines.join("\n")}`);
  await turns(page).getByRole("button", { name: "Show all" }).waitFor();
  await ended(page, 1);
  await take("long-message");
}
