import { ApiProblem } from "../api/api-problem.ts";

/** The service has accepted the password, and does not know the browser in the next request. */
export function cookiesBlocked(): ApiProblem {
  return new ApiProblem({
    type: "cookies_blocked",
    status: 401,
    detail: "The browser has not kept the session's cookie.",
  });
}
