import type { ApiProblem } from "../api/api-problem.ts";

/** One kind sentence or two for a person: what happened, and what to do. The service's own `detail` unless we know better here. */
export function explain(problem: ApiProblem): string {
  switch (problem.type) {
    case "rate_limited":
      return "That was a lot in a short time.";
    case "queue_full":
      return "Ten messages are waiting for their answers already. Please wait for the first of them.";
    case "not_replaceable":
      return "Something newer has been said since. Your message is kept; sending it adds it at the end.";
    case "not_found":
      return "That conversation is no longer there. Your next message begins a new one.";
    case "service_unavailable":
      return "The service needs a moment; nothing is lost.";
    case "unreachable":
      return "The service cannot be reached from here just now.";
    case "internal_error":
      return `Something went wrong on our side. If it stays so, please tell us this number: ${problem.requestId ?? "none"}.`;
    default:
      return problem.detail;
  }
}

/** "42 s", from a minute on "1:05 min". */
export function formatWait(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} min`;
}
