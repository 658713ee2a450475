import { expireMoney } from "#lib/budget/expire-money.ts";
import { expireConversations } from "#lib/conversations/expire-conversations.ts";
import { readConfig } from "#lib/platform/config.ts";
import { databaseSize, toDatabaseSize } from "#lib/platform/database-size.ts";
import { createDatabase } from "#lib/platform/postgres.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTelemetry } from "#lib/platform/telemetry.ts";
import { deleteThreads } from "#lib/thread/delete-threads.ts";
import { createConversationExpire } from "./job.ts";

const config = readConfig();
const telemetry = createTelemetry("conversation-expire");
const database = createDatabase({
  url: createSecrets(config, { telemetry }).databaseUrl,
  endpoint: config.endpoints.neon,
});

export const handler = createConversationExpire({
  telemetry,
  readSize: async () =>
    toDatabaseSize(await database.query(databaseSize), config.databaseLimitMegabytes),
  idleDays: config.conversationIdleDays,
  expire: (batch) => expireConversations({ database, deleteThreads }, batch),
  expireMoney: () => expireMoney(database),
});
