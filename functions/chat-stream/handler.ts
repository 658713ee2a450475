import { offeredModelIds } from "#lib/budget/model-choices.ts";
import { createStreamHandler, createUnknownRoute } from "#lib/platform/http/stream-handler.ts";
import { createRouteBucket } from "../dependencies.ts";
import { createTurnDependencies } from "../turn-dependencies.ts";
import { createAcceptAndStream, createChatStream } from "./route.ts";

const { bucket: getBucket, ...shared } = createTurnDependencies("chat-stream", "chatGet");

const dependencies = {
  ...shared,
  getBucket,
  postBucket: createRouteBucket(shared, "chatPost"),
  offeredModelIds: offeredModelIds(shared.config),
};
const streamTurns = createChatStream(dependencies);
const acceptAndStream = createAcceptAndStream(dependencies);
const unknown = createUnknownRoute(shared.telemetry);

export const handler = createStreamHandler(({ method, path, isFunctionUrl }) => {
  if (!isFunctionUrl) return method === "POST" ? acceptAndStream : streamTurns;
  switch (`${method} ${path}`) {
    case "POST /api/v1/chat":
    case "POST /api/v1/chat/stream":
      return acceptAndStream;
    case "GET /api/v1/chat":
      return streamTurns;
    default:
      return unknown;
  }
});

await shared.preparation.finish();
