import { HttpProblem } from "#lib/platform/http/http-problem.ts";

/** The same for a link that is unknown, revoked, expired, or whose conversation was deleted. */
export const unknownLink = (): HttpProblem =>
  new HttpProblem("not_found", 404, "This link is invalid or has expired.");
