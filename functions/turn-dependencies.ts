import { type ApprovalLinks, createApprovalLinks } from "#lib/auth/approval-link.ts";
import { createRunner, type Runner } from "#lib/chat/runner.ts";
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
  return { ...dependencies, ...runner, approvalLinks, messageLimit: config.messageLimit };
}
