import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import type { Me } from "#lib/contract/session.ts";
import type { Config } from "#lib/platform/config.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import type { SessionDependencies } from "../dependencies.ts";

type MeDependencies = SessionDependencies & {
  limits: Pick<Config, "messageLimit" | "threadTokens" | "conversationIdleDays"> & {
    documents: Pick<Config["documents"], "isOn">;
  };
  models: Me["models"];
  /** The page that explains how to connect a real model. Undefined if a real one answers. */
  guideUrl?: string | undefined;
};

/** `GET /api/me`: returns the caller's owner id and the limits of the deployment, or a 401. */
export function createMe({ telemetry, sessions, limits, models, guideUrl }: MeDependencies) {
  return defineRoute("me", telemetry)
    .use(requireToken(sessions))
    .use(requireSession(sessions))
    .handler(async ({ session }) => {
      const me: Me = {
        authenticated: true,
        subject: session.owner,
        expires_at: session.expiresAt.toISOString(),
        message_limit: limits.messageLimit,
        thread_tokens: limits.threadTokens,
        conversation_idle_days: limits.conversationIdleDays ?? null,
        documents: limits.documents.isOn,
        models,
        ...(guideUrl !== undefined && { demo: { guide_url: guideUrl } }),
      };
      return json(200, me);
    });
}
