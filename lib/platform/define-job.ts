import type { Context } from "aws-lambda";
import type { RequestTelemetry } from "./telemetry.ts";

export type JobContext = Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">;

/**
 * Returns the handler of a function that answers no request: Lambda calls it for an event.
 * @param failure the name under which a failure is logged
 * @throws whatever the work throws, so that Lambda counts the failure, and repeats an asynchronous event
 */
export const defineJob =
  (
    telemetry: RequestTelemetry,
    failure: string,
    work: (event: unknown, context: JobContext) => Promise<void>,
  ) =>
  async (event: unknown, context: JobContext): Promise<void> => {
    telemetry.begin({ function_request_id: context.awsRequestId });
    try {
      await work(event, context);
    } catch (error) {
      telemetry.error(failure, error);
      throw error;
    } finally {
      telemetry.flush();
    }
  };
