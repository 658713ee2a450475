// `npm run cost`: prints what 1,000 turns and 1,000 pages of documents cost, with the arithmetic.
import { costTables, documentTable, priceTable } from "./cost-tables.ts";

console.log(`${costTables()}\n\n${documentTable()}\n\n${priceTable()}`);
