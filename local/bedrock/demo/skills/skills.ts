import type { Skill } from "#local/bedrock/demo/skill.ts";
import { arithmetic } from "./arithmetic.ts";
import { crash } from "./crash.ts";
import { dates } from "./dates.ts";
import { documentation } from "./documentation.ts";
import { documents, documentsAgain } from "./documents.ts";
import { failAndRetry } from "./fail-and-retry.ts";
import { formatting } from "./formatting.ts";
import { introduction, smallTalk } from "./introduction.ts";
import { memory } from "./memory.ts";
import { missingTools } from "./missing-tools.ts";
import { namedCalls } from "./named-calls.ts";
import { notesAndWebhooks } from "./notes-and-webhooks.ts";
import { otherTools } from "./other-tools.ts";
import { readPage } from "./read-page.ts";
import { ownSql, sales } from "./sales.ts";
import { story } from "./story.ts";
import { summary } from "./summary.ts";
import { thinkFirst } from "./think-first.ts";
import { timeZones } from "./time-zones.ts";
import { units } from "./units.ts";
import { webSearch } from "./web-search.ts";

/** Skills that take a whole message. The first that answers decides. */
export const messageSkills: readonly Skill[] = [
  namedCalls,
  ownSql,
  summary,
  documents,
  notesAndWebhooks,
  smallTalk,
  formatting,
  crash,
  failAndRetry,
  thinkFirst,
];

/** Skills that take each part of a message. The first that answers decides. */
export const partSkills: readonly Skill[] = [
  readPage,
  missingTools,
  webSearch,
  introduction,
  timeZones,
  dates,
  units,
  sales,
  arithmetic,
  otherTools,
  memory,
  documentation,
  story,
  documentsAgain,
];
