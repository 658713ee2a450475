import type { Trace } from "#lib/contract/trace.ts";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { send, turns } from "#test/support/browser-page.ts";
import { answer, type Studio, startNewChat, waitForAnswer } from "./studio.ts";

const formulas = String.raw`The roots of $ax^2 + bx + c$ are

$$
x_{1,2} = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}
$$

and for \(n\) values

\[
\bar{x} = \frac{1}{n} \sum_{i=1}^{n} x_i, \qquad
A = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}.
\]

This one is broken: $\frac{1}{$.`;

const longCode = `Here is the script:

\`\`\`python title="tools/sum.py"
${Array.from({ length: 50 }, (_, index) => `print("${index}", ${"total(prices), ".repeat(8)})`).join("\n")}
\`\`\``;

/** A turn whose first runner died. */
const interrupted: Partial<Trace> = {
  duration_ms: 23_900,
  attempts: [
    {
      ...{ attempt: 1, start_ms: 20, duration_ms: 6_200, outcome: "lost" },
      spans: [
        { kind: "claim", start_ms: 20, duration_ms: 35 },
        {
          ...{ kind: "model", start_ms: 60, duration_ms: 6_160, model: "demo-model" },
          ...{ is_fallback: false, first_token_ms: 700, usage: null },
        },
      ],
    },
    {
      ...{ attempt: 2, start_ms: 20_300, duration_ms: 3_600, outcome: "done" },
      spans: [
        { kind: "claim", start_ms: 20_300, duration_ms: 40 },
        {
          ...{ kind: "model", start_ms: 20_350, duration_ms: 1_450, model: "demo-model" },
          ...{ is_fallback: false, first_token_ms: 640, usage: null },
        },
        {
          ...{ kind: "tool", start_ms: 21_810, duration_ms: 310 },
          ...{ name: "calculator", state: "done", effect: "none" },
        },
        {
          ...{ kind: "model", start_ms: 22_130, duration_ms: 1_700, model: "demo-model" },
          ...{ is_fallback: false, first_token_ms: 510, usage: null },
        },
        { kind: "commit", start_ms: 23_840, duration_ms: 60 },
      ],
    },
  ],
  waits: [{ kind: "queue", start_ms: 6_220, duration_ms: 14_080 }],
};

export async function takeAnswers({ page, twin, take }: Studio) {
  const { script } = twin.parts.bedrock;
  await startNewChat(page);
  script.add(answerWith(answer));
  await send(page, "How do I add up a column of prices?");
  await waitForAnswer(page);
  await take("answer");

  await startNewChat(page);
  script.add(answerWith(formulas));
  await send(page, "What are the roots of a quadratic equation?");
  await waitForAnswer(page);
  await turns(page).locator("math").last().waitFor();
  await take("formulas");

  await startNewChat(page);
  const calculate = (expression: string) => ({ name: "calculator", input: { expression } });
  script.add(
    callTools([calculate("0.125 * 480"), calculate("1 / 0"), calculate("60 * 12")], "I calculate."),
    answerWith("12.5 % of 480 is **60**, and that is **720** in a year."),
  );
  await send(page, "What is 12.5% of 480, and in a year?");
  await waitForAnswer(page);
  await take("tools-folded");
  await turns(page).getByText("Used 2 tools").click();
  await turns(page).getByText("Calculator").first().click();
  await take("tools");
  await takeWhatHappened({ page, take });
}

async function takeWhatHappened({ page, take }: Pick<Studio, "page" | "take">) {
  const unfold = (name: string) => turns(page).locator("summary", { hasText: name }).press("Enter");
  await unfold("About this answer");
  await unfold("What happened");
  const steps = turns(page).getByRole("table", { name: "Steps of this answer" });
  await steps.waitFor();
  await steps.evaluate((table) => table.scrollIntoView({ block: "end" }));
  await take("what-happened");
  const traces = "**/api/v1/traces/*";
  await page.route(traces, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), ...interrupted } });
  });
  await page.reload();
  await unfold("About this answer");
  await unfold("What happened");
  await steps.getByText("Attempt 1 · lost").waitFor();
  await steps.evaluate((table) => table.scrollIntoView({ block: "end" }));
  await take("what-happened-interrupted");
  await page.unroute(traces);
}

/** Takes what a person can do with an answer. */
export async function takeReading({ page, twin, take }: Studio) {
  const { script } = twin.parts.bedrock;
  await startNewChat(page);
  script.add(answerWith(longCode));
  await send(page, "Write a script");
  await waitForAnswer(page);
  await page.reload();
  await waitForAnswer(page);
  // The tools at code load with the person's first action.
  await page.keyboard.press("Shift");
  await page.getByRole("button", { name: "Wrap long lines" }).waitFor();
  await page.evaluate(() => scrollTo(0, 0));
  await take("code-folded");
  await page.getByRole("button", { name: "Wrap long lines" }).click();
  await take("code-wrapped");
  await page.getByRole("button", { name: "Wrap long lines" }).click();

  await startNewChat(page);
  script.add(
    answerWith(
      "| Region | Sales | Growth |\n|---|--:|--:|\n| North | 1,200.50 | 3 % |\n| South | 900.00 | −2 % |\n| West | 10,000.00 | 11 % |\n\n<next>\nWhich region grows fastest?\nDraw it as a bar chart\n</next>",
    ),
  );
  await send(page, "What are the sales of our regions?");
  await waitForAnswer(page);
  await page.getByRole("button", { name: "Sort by Sales" }).click();
  await page.getByRole("list", { name: "Suggested next messages" }).waitFor();
  await take("table-sorted");
  await turns(page)
    .locator("td")
    .first()
    .evaluate((cell) => document.getSelection()?.selectAllChildren(cell));
  await page.getByRole("button", { name: "Quote" }).waitFor();
  await take("quote");
  await page.evaluate(() => document.getSelection()?.empty());
  await page.getByRole("button", { name: "Bad answer" }).click();
  await page.getByLabel("What was wrong? (optional)").fill("The East is missing.");
  await take("feedback");
  await page.getByRole("button", { name: "Dictate" }).click();
  await page.getByRole("alert").getByText("may process the audio").waitFor();
  await take("dictation");
  await page.getByRole("button", { name: "Cancel" }).click();
}

/** Takes the notes below answers. Changes the transcript's response, because these states occur too rarely. */
export async function takeMarks({ page, twin, take }: Studio) {
  await startNewChat(page);
  const questions = ["Tell me about prices.", "And about ink?", "And about paper?"];
  for (const [index, question] of questions.entries()) {
    twin.parts.bedrock.script.add(answerWith(`${answer.split("\n\n")[0]} `.repeat(3)));
    await send(page, question);
    await turns(page).nth(index).getByText("Demo model ·").waitFor();
  }
  const showChanged = async (change: (turns: Record<string, unknown>[]) => void) => {
    const transcripts = "**/api/v1/conversations/*";
    await page.route(transcripts, async (route) => {
      const response = await route.fetch();
      const transcript = await response.json();
      change(transcript.turns);
      await route.fulfill({ response, json: transcript });
    });
    await page.reload();
    await turns(page).nth(2).waitFor();
    await page.unroute(transcripts);
  };

  await showChanged(([first, second, third]) => {
    Object.assign(first ?? {}, { remarks: ["fallback_model"], model: "another-model" });
    Object.assign(second ?? {}, { attempt: 2 });
    Object.assign(third ?? {}, { remarks: ["cut_at_length"], history_from: second?.turn_id });
  });
  await turns(page).nth(1).getByText("Demo model ·").click();
  await take("marks");
  await showChanged(([, , third]) => {
    const error = {
      type: "deadline_exceeded",
      title: "Deadline exceeded",
      status: 504,
      detail: "",
    };
    Object.assign(third ?? {}, { status: "failed", error });
  });
  await take("deadline");
}
