export { checkCitations } from "./check-citations.ts";
export { readMissingPassages } from "./read-passages.ts";
export { unsourcedNumbers } from "./unsourced-numbers.ts";
