// `npm run bench:docs`: writes the generated parts of docs/ anew from bench/results.json.
import { writeDocuments } from "./documents.ts";

writeDocuments();
