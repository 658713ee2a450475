import { type ApprovalLinks, createApprovalLinks } from "#lib/auth/approval-link.ts";
import { createRunner, type Runner } from "#lib/chat/runner.ts";
import type { SendTurnRun } from "#lib/chat/turn-run-event.ts";
import type { Lambda } from "#lib/platform/lambda.ts";
import {
  type BucketName,
  type CallerRouteDependencies,
  createCallerDependencies,
} from "./dependencies.ts";

/** What a route needs that accepts messages and streams their turns. */
export interface TurnRouteDependencies
  extends Omit<CallerRouteDependencies, "bucket">,
    Omit<Runner, "prepare"> {
  approvalLinks: Pick<ApprovalLinks, "linkTo">;
  sendTurnRun: SendTurnRun;
  messageLimit: number;
}

/**
 * Connects a route that streams turns to AWS, and loads what a turn needs. Not in dependencies.ts, with which every function would load
 * a part of this.
 */
export function createTurnDependencies(route: string, bucketName: BucketName) {
  const dependencies = createCallerDependencies(route, bucketName);
  const { config, database, secrets, telemetry, publicOrigin, preparation } = dependencies;
  const { prepare, ...runner } = createRunner({ config, database, secrets, telemetry });
  preparation.add(prepare());
  const approvalLinks = createApprovalLinks({ tokenKeys: secrets.tokenKeys, publicOrigin });
  let lambda: Lambda | undefined;
  /** Few requests leave something to run behind them. */
  const sendTurnRun: SendTurnRun = async (event) => {
    lambda ??= (await import("#lib/platform/lambda.ts")).createLambda(config);
    await lambda.sendEvent(config.turnRunFunction, event);
  };
  const { messageLimit } = config;
  return { ...dependencies, ...runner, approvalLinks, sendTurnRun, messageLimit };
}
