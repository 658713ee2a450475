import { answerWith, callTools } from "#local/bedrock/script.ts";
import { send, turns } from "#test/support/browser-page.ts";
import { type Studio, startNewChat, waitForAnswer } from "./studio.ts";

export async function takeDecisions({ page, twin, take }: Studio) {
  const { script } = twin.parts.bedrock;
  const call = (body: object) => ({ name: "send_webhook", input: { to: "deploys", body } });
  const note = "It waits for the translation. ".repeat(30);
  const approve = page.getByRole("button", { name: "Approve: Send to a webhook" });
  const deny = page.getByRole("button", { name: "Deny: Send to a webhook" });

  await startNewChat(page);
  script.add(
    callTools([call({ version: 7 })], "I will tell the deploy hook. "),
    answerWith("Done."),
  );
  await send(page, "Tell the deploy hook about version 7");
  await approve.waitFor();
  await take("decision");
  const path = `/api/v1/conversations/${new URL(page.url()).pathname.replace("/c/", "")}`;
  const { turns: stored } = await (await page.context().request.get(path)).json();
  const { conversation_id, turn_id } = stored[0];
  const query = new URLSearchParams({ conversation_id, turn_id });
  const headers = { accept: "application/json" };
  const turn = await page.context().request.get(`/api/v1/chat?${query}`, { headers });
  const { link } = (await turn.json()).tools[0].approval;
  const chat = page.url();
  await page.goto(link);
  await approve.waitFor();
  await take("link");
  await page.goto(chat);
  await deny.click();
  await page.keyboard.type("Not before Monday");
  await take("decision-note");
  await deny.click();
  await waitForAnswer(page);
  await turns(page).getByText("denied").click();
  await take("decision-denied");

  script.add(callTools([call({ version: 8 }), call({ version: 9, note })]), answerWith("Done."));
  await send(page, "Tell it about versions 8 and 9");
  await approve.nth(1).waitFor();
  await approve.first().click();
  await page.getByText("Approved. It is done once").waitFor();
  await send(page, "And now?");
  await turns(page).getByText("Queued until you decide above").waitFor();
  await take("decision-several");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await turns(page).getByText("Stopped.").waitFor();

  await page.goto(link);
  await page.getByText("This step was already denied.").waitFor();
  await take("link-used");
  await page.goto(chat);
}
