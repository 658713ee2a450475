import type { Config } from "#lib/platform/config.ts";

/**
 * What a bucket counts: all `requests`, or only `failures`, the requests that the route refuses with a 401. A bucket of
 * failures holds a token while the request runs, and gives the token back unless the request ends with a 401.
 */
type Counted = "requests" | "failures";

export interface BucketRule {
  name: string;
  capacity: number;
  windowSeconds: number;
  counts: Counted;
}

type Limits = Pick<Config, "chatRequestsPerMinute" | "conversationRequestsPerMinute">;

/** Wrong passwords and wrong codes. */
const guesses = { capacity: 5, windowSeconds: 15 * 60, counts: "failures" } as const;

/** Returns the rules of all buckets. Each client address has one bucket per name; a deprecated alias shares its route's. */
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
    // A bucket of its own, so that a client which has used up its messages can still stop one.
    chatStop: perMinute("chat-stop", chatRequestsPerMinute),
    // As many as other short requests: a person decides about each call of an answer, and looks at each link.
    chatDecide: perMinute("chat-decide", conversationRequestsPerMinute),
    conversations: perMinute("conversations", conversationRequestsPerMinute),
    // Needs no session.
    shared: perMinute("shared", conversationRequestsPerMinute),
    login: { name: "login", ...guesses },
    operatorLogin: { name: "operator-login", ...guesses },
    deviceLogin: { name: "device-login", ...guesses },
    // Only requests with an invalid key take a token, so a valid key works whatever its neighbours send.
    keyFailures: { name: "key-failures", ...guesses, capacity: 20 },
  } satisfies Record<string, BucketRule>;
}
