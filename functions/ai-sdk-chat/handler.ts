import { getConversation } from "#lib/conversations/get-conversation.ts";
import { sentence } from "#lib/facades/facade-problem.ts";
import { createStreamHandler, createUnknownRoute } from "#lib/platform/http/stream-handler.ts";
import { createRouteBucket } from "../dependencies.ts";
import { createTurnDependencies } from "../turn-dependencies.ts";
import {
  createAiSdkMessages,
  createAiSdkResume,
  createAiSdkSend,
  createAiSdkStop,
} from "./route.ts";

const { bucket: getBucket, ...shared } = createTurnDependencies("ai-sdk-chat", "chatGet");
const { database } = shared;

const dependencies = {
  ...shared,
  getBucket,
  postBucket: createRouteBucket(shared, "chatPost"),
  stopBucket: createRouteBucket(shared, "chatStop"),
  conversationBucket: createRouteBucket(shared, "conversations"),
  getConversation: (input) => getConversation(database, input),
} satisfies Parameters<typeof createAiSdkSend>[0];
const send = createAiSdkSend(dependencies);
const resume = createAiSdkResume(dependencies);
const messages = createAiSdkMessages(dependencies);
const stop = createAiSdkStop(dependencies);
const unknown = createUnknownRoute(shared.telemetry, sentence);

export const handler = createStreamHandler(({ method, path }) => {
  const [isOurs, id, stream] = /^\/api\/ai-sdk\/chat(?:\/([^/]+)(\/stream)?)?\/?$/.exec(path) ?? [];
  const place = id === undefined ? "chat" : stream === undefined ? "messages" : "stream";
  switch (isOurs !== undefined && `${method} ${place}`) {
    case "POST chat":
      return send;
    case "GET messages":
      return messages;
    case "GET stream":
      return resume;
    case "DELETE stream":
      return stop;
    default:
      return unknown;
  }
});

await shared.preparation.finish();
