import type { StreamEvent } from "#lib/contract/stream-event.ts";

/** Returns a stream that sends what a test hands over, and ends when the test says so. */
export function openStream() {
  const events: StreamEvent[] = [];
  let wake = Promise.withResolvers<void>();
  let [isOver, isRead] = [false, false];
  async function* stream(): AsyncGenerator<StreamEvent> {
    for (;;) {
      while (events.length > 0) yield events.shift() as StreamEvent;
      if (isOver) break;
      await wake.promise;
      wake = Promise.withResolvers();
    }
    isRead = true;
  }
  return {
    stream: stream(),
    send(...sent: StreamEvent[]) {
      events.push(...sent);
      wake.resolve();
    },
    end() {
      isOver = true;
      wake.resolve();
    },
    /** Whether somebody has read the stream to its end. */
    isRead: () => isRead,
  };
}
