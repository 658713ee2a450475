import { expect, it } from "vitest";
import { splitSentences } from "./split-sentences.ts";

it.each([
  ["en", "Dr. Smith left. He will return on Oct. 3 at noon.", 2],
  ["en", "See Fig. 3 and Sec. 4.2, e.g. the U.S. Army. It works!", 2],
  ["en", "It grew by 3.5 percent in 2024. Then it fell.", 2],
  ["en", "“Is it so?” she asked. Yes.", 2],
  ["en", "J. R. R. Tolkien wrote it. Really?", 2],
  ["de", "Sie gilt z. B. für Dr. Müller. Am 3. Mai endet sie, d. h. um 12 Uhr.", 2],
  ["de", "Das regelt § 4 Abs. 2 Nr. 3 des Vertrags. Vgl. Abb. 2.", 2],
  ["fr", "M. Dupont, p. ex. Mme Martin, part. Voir p. 12.", 2],
  ["es", "El Sr. García vive en la Av. Central núm. 4. ¿Quién más?", 2],
  ["ru", "Ул. Ленина, д. 5, т. е. рядом. Это близко.", 2],
  ["ja", "休暇は年20日です。申請は一週間前までに行います。「はい」と答えた。", 3],
  ["zh", "员工每年有二十天假期。请提前一周申请！", 2],
  ["hi", "यह पहला वाक्य है। यह दूसरा वाक्य है।", 2],
  ["ar", "هذه جملة أولى. هل هذه جملة ثانية؟ نعم.", 3],
  ["en", "A sentence that\ncontinues on the next line. A second\none.", 2],
])("%s: %s has %i sentences", (language, text, count) => {
  const spans = splitSentences(text, language).map(({ start, end }) => text.slice(start, end));
  expect(spans).toHaveLength(count);
  for (const span of spans) expect(span).toBe(span.trim());
});
