// `npm run feedback`: the answers that people judged, one JSON object a line, for evaluation.
import { parseArgs } from "node:util";
import { readJudgedAnswers } from "./read-judged-answers.ts";

try {
  const { values } = parseArgs({ options: { texts: { type: "boolean", default: false } } });
  const url = process.env.DATABASE_URL;
  if (!url) {
    throw new Error("DATABASE_URL is missing: the address that the functions use, or the owner's.");
  }
  for (const answer of await readJudgedAnswers(url, { withTexts: values.texts })) {
    console.log(JSON.stringify(answer));
  }
} catch (error) {
  console.error(`feedback: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
