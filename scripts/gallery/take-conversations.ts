import { beginRename, chooseInMenu, rows, send } from "#test/support/browser-page.ts";
import { addConversations } from "#test/support/seeded-conversations.ts";
import { type Studio, startNewChat, waitForAnswer } from "./studio.ts";

/** With the age of their last message in days. */
const older = [
  { title: "Release notes for version 7", ageDays: 0 },
  { title: "Which suppliers deliver on Saturdays?", ageDays: 1 },
  { title: "Rewrite the welcome mail for new customers in the north", ageDays: 1 },
  { title: "SQL: revenue by region and quarter", ageDays: 3 },
  { title: "Vacation policy", ageDays: 5 },
  { title: "Agenda of the team meeting", ageDays: 12 },
  { title: "Explain the index of a database", ageDays: 20 },
  { title: "Compare two laptops", ageDays: 45 },
];

/** Takes the list, and what a link to a conversation shows. */
export async function takeConversations({ page, twin, isNarrow, openAnother, take }: Studio) {
  await startNewChat(page);
  await send(page, "What is 12.5% of 480?");
  await waitForAnswer(page);
  await addConversations(twin, new URL(page.url()).pathname.slice("/c/".length), older);
  await page.reload();
  await waitForAnswer(page);
  if (isNarrow) await page.getByRole("button", { name: "Conversations" }).click();
  const row = rows(page).filter({ hasText: "12.5%" }).first();
  await row.hover();
  await take("conversations");
  await row.getByRole("button").click();
  await page.getByRole("menu").waitFor();
  await take("conversation-menu");
  await page.getByRole("menuitem", { name: "Share" }).click();
  const links = page.getByRole("dialog", { name: "Share this chat" });
  await links.getByRole("button", { name: "Create link" }).click();
  const link = links.getByRole("list", { name: "Links" }).getByRole("link");
  await link.waitFor();
  await take("share");
  const address = (await link.textContent()) ?? "";
  await links.getByRole("button", { name: "Close" }).click();
  await row.getByRole("button").click();
  await page.getByRole("menuitem", { name: "Pin" }).click();
  await page.getByRole("heading", { name: "Pinned" }).waitFor();
  await take("pinned");
  await beginRename(page, row);
  await take("renaming");
  await page.keyboard.press("Escape");
  await row.getByRole("link").press("Delete");
  await page.getByRole("button", { name: "Undo" }).waitFor();
  await take("deleted");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("searchbox").fill("12.5");
  await page.getByRole("heading", { name: "Results" }).waitFor();
  await rows(page).locator("mark").first().waitFor();
  await take("search");
  await page.getByRole("searchbox").fill("");
  await chooseInMenu(page, rows(page).filter({ hasText: "Compare two laptops" }), "Archive");
  await page.getByRole("button", { name: "Archived" }).click();
  await rows(page).getByText("Compare two laptops").waitFor();
  await take("archive");
  await page.getByRole("button", { name: "Archived" }).click();
  if (isNarrow) await page.getByRole("button", { name: "Close" }).click();

  const reader = await openAnother({});
  await reader.goto(address);
  await reader.getByRole("button", { name: "Continue from here" }).waitFor();
  await take("shared", reader);
  await reader.goto(`/shared/${"A".repeat(43)}`);
  await reader.getByText("This link is invalid").waitFor();
  await take("shared-expired", reader);
  await reader.context().close();
}
