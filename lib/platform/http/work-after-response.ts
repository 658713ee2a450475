import type { HttpRequest } from "./http-request.ts";

const works = new WeakMap<HttpRequest, Promise<unknown>[]>();

/**
 * Has an invocation of a stream route last until this work has ended, also if its response ends earlier. Lambda freezes a function when its
 * runtime asks for the next event, and the runtime asks after the handler has settled.
 */
export function lastUntil(request: HttpRequest, work: Promise<unknown>): void {
  works.set(request, [...(works.get(request) ?? []), work]);
}

/** Resolves when all work of the request has ended. Whoever does the work handles its failure. */
export const endOfWork = (request: HttpRequest) => Promise.allSettled(works.get(request) ?? []);
