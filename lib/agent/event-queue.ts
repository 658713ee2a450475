/** Hands events from a function that pushes them to a loop that takes them. */
export interface EventQueue<Event> {
  push(event: Event): void;
  /** No event follows. */
  end(): void;
  /** Waits for events and returns all that were pushed since. Returns none after the end. */
  take(): Promise<Event[]>;
}

export function createEventQueue<Event>(): EventQueue<Event> {
  let events: Event[] = [];
  let isEnded = false;
  let changed = Promise.withResolvers<void>();
  return {
    push(event) {
      events.push(event);
      changed.resolve();
    },
    end() {
      isEnded = true;
      changed.resolve();
    },
    async take() {
      if (events.length === 0 && !isEnded) {
        changed = Promise.withResolvers();
        await changed.promise;
      }
      const taken = events;
      events = [];
      return taken;
    },
  };
}
