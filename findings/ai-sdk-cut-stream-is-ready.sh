#!/usr/bin/env bash
# ai 7.0.173: a chat whose stream ends in the middle of an answer is "ready", and onFinish names no fault.
#
# A server's process dies, and its proxy ends the response cleanly. The protocol has a `finish` chunk, and none came. The chat takes the
# half answer as whole: status "ready", no error, isAbort, isDisconnect and isError are false. Only finishReason is undefined, and the
# text part still says state "streaming".
# Expected: isDisconnect, or an error, for a stream without `finish`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact ai@7.0.173 >/dev/null
cat >run.mjs <<'JS'
import { AbstractChat, DefaultChatTransport } from "ai";

class State {
  status = "ready";
  error = undefined;
  messages = [];
  pushMessage(message) {
    this.messages = [...this.messages, message];
  }
  popMessage() {
    this.messages = this.messages.slice(0, -1);
  }
  replaceMessage(index, message) {
    this.messages = this.messages.with(index, message);
  }
  snapshot(value) {
    return structuredClone(value);
  }
}
class Chat extends AbstractChat {
  constructor(options) {
    super({ ...options, state: new State() });
  }
}
const chunks = [
  { type: "start", messageId: "1" },
  { type: "text-start", id: "text" },
  { type: "text-delta", id: "text", delta: "Transfer 100 USD only if" },
];
const body = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("");
const fetch = async () => new Response(body, { headers: { "content-type": "text/event-stream" } });
const chat = new Chat({
  transport: new DefaultChatTransport({ api: "http://localhost/chat", fetch }),
  onFinish: ({ isAbort, isDisconnect, isError, finishReason }) =>
    console.log(`onFinish: isAbort ${isAbort}, isDisconnect ${isDisconnect}, isError ${isError}, finishReason ${finishReason}`),
});
await chat.sendMessage({ text: "May I?" });
console.log(`status ${chat.status}, error ${chat.error}, text state ${chat.messages.at(-1).parts[0].state}`);
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "onFinish: isAbort false, isDisconnect false, isError false, finishReason undefined
status ready, error undefined, text state streaming" ]
