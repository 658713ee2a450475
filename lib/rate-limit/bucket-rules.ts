import type { Config } from "#lib/platform/config.ts";

/**
 * What a bucket counts: `requests`, or only `failures`, the requests that the route refuses with a 401. A request of the
 * second kind holds its token while it runs, and every other end gives the token back.
 */
type Counted = "requests" | "failures";

export interface BucketRule {
  name: string;
  capacity: number;
  windowSeconds: number;
  counts: Counted;
}

type Limits = Pick<Config, "chatRequestsPerMinute" | "conversationRequestsPerMinute">;

/** Every bucket of the system, per client address. Routes that share a name share the bucket; deprecated aliases do. */
export function bucketRules({ chatRequestsPerMinute, conversationRequestsPerMinute }: Limits) {
  const perMinute = (name: string, capacity: number): BucketRule => ({
    name,
    capacity,
    windowSeconds: 60,
    counts: "requests",
  });
  return {
    chatPost: perMinute("chat-post", chatRequestsPerMinute),
    chatGet: perMinute("chat-get", chatRequestsPerMinute),
    // Of its own, so that a stop is never refused because of what is to be stopped.
    chatStop: perMinute("chat-stop", chatRequestsPerMinute),
    conversations: perMinute("conversations", conversationRequestsPerMinute),
    login: { name: "login", capacity: 5, windowSeconds: 15 * 60, counts: "failures" },
  } satisfies Record<string, BucketRule>;
}
