import { ToolRefusal } from "#lib/tools/tool.ts";
import type { Answer, GuardedFetch } from "./guarded-fetch.ts";
import {
  everythingAllowed,
  nothingAllowed,
  type RobotsRules,
  readRobotsRules,
} from "./robots-rules.ts";

/** RFC 9309: a program must read this much of the file, and may keep it for a day. */
const maxBytes = 500 * 1024;
const keptMs = 24 * 60 * 60_000;
/** A site that could not answer may be back soon. */
const keptFailureMs = 60_000;
const maxSites = 200;

interface Kept {
  rules: RobotsRules;
  untilMs: number;
}

/** The robots.txt of the sites that this instance has read. */
export interface RobotsCache {
  /** Returns whether the site lets this program read the address. @throws as `GuardedFetch.get` */
  allows(url: URL, fetch: GuardedFetch): Promise<boolean>;
}

export function createRobotsCache(productToken: string, now = Date.now): RobotsCache {
  const sites = new Map<string, Kept>();

  async function load(origin: string, fetch: GuardedFetch): Promise<Kept> {
    const answer = await getRobots(origin, fetch);
    if (answer.status >= 500) return { rules: nothingAllowed, untilMs: now() + keptFailureMs };
    if (answer.status >= 400) return { rules: everythingAllowed, untilMs: now() + keptMs };
    const { bytes } = await answer.read(maxBytes);
    const rules = readRobotsRules(new TextDecoder().decode(bytes), productToken);
    return { rules, untilMs: now() + keptMs };
  }

  return {
    async allows(url, fetch) {
      let kept = sites.get(url.origin);
      if (!kept || kept.untilMs <= now()) {
        kept = await load(url.origin, fetch);
        sites.delete(url.origin);
        sites.set(url.origin, kept);
        const [oldest] = sites.keys();
        if (sites.size > maxSites && oldest !== undefined) sites.delete(oldest);
      }
      return kept.rules.allow(`${url.pathname}${url.search}`);
    },
  };
}

/** RFC 9309: a program that cannot read the file must not read the site. */
async function getRobots(origin: string, fetch: GuardedFetch): Promise<Answer> {
  try {
    return await fetch.get(new URL("/robots.txt", origin));
  } catch (cause) {
    if (!(cause instanceof ToolRefusal)) throw cause;
    const { host } = new URL(origin);
    throw new ToolRefusal(`the robots.txt of ${host} could not be read: ${cause.message}`, {
      cause,
    });
  }
}
