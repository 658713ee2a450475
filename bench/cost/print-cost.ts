// `npm run cost`: prints what 1,000 turns cost, with the arithmetic.
import { costTables, priceTable } from "./cost-tables.ts";

console.log(`${costTables()}\n\n${priceTable()}`);
