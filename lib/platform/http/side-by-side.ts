import type { MiddlewareObj } from "@middy/core";
import type { HttpRequest } from "./http-request.ts";
import type { HttpResponse } from "./http-response.ts";

/** A step of a route that waits for the network, and that may run while another such step waits. */
export interface NetworkCheck<Event extends HttpRequest>
  extends MiddlewareObj<Event, HttpResponse> {
  before(request: { event: Event }): Promise<void>;
  /** Gives back what this check has spent on the request, because the other check has refused the request. */
  undo?(event: Event): Promise<void>;
}

/**
 * Runs two checks at the same time, and ends when both have ended. If both refuse the request, the first one decides the
 * response. If one refuses, the other is undone.
 *
 *     first    ├── passes ──┤                          first    ├── refuses ──────┤  its problem is the response
 *     second   ├── passes ───────┤  the next step      second   ├── passes ───┤     ├── undo ──┤
 */
export function sideBySide<First extends HttpRequest, Second extends HttpRequest>(
  first: NetworkCheck<First>,
  second: NetworkCheck<Second>,
): MiddlewareObj<First & Second, HttpResponse> {
  return {
    async before(request) {
      const [one, other] = await Promise.allSettled([
        first.before(request),
        second.before(request),
      ]);
      if (one.status === "rejected") {
        if (other.status === "fulfilled") await second.undo?.(request.event);
        throw one.reason;
      }
      if (other.status === "rejected") {
        await first.undo?.(request.event);
        throw other.reason;
      }
    },
    async after(request) {
      await second.after?.(request);
      await first.after?.(request);
    },
    async onError(request) {
      await second.onError?.(request);
      await first.onError?.(request);
    },
  };
}
