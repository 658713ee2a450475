#!/usr/bin/env bash
# @langchain/core 1.4.0 moves a streamed tool call without an id to invalid_tool_calls, although it is whole.
#
# Some hosts of models stream tool calls with an empty id or without one; the type of a tool call chunk has `id?: string`.
# The chunk below holds a whole call: a name and JSON arguments. After AIMessageChunk.concat the call is not in
# `tool_calls` but in `invalid_tool_calls` ("Malformed args."), and nothing is thrown. So an agent that reads
# `tool_calls` ends its turn as if the model had called no tool.
# Expected: the call in `tool_calls`, as a message that is not streamed has it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact @langchain/core@1.4.0 >/dev/null
cat >run.mjs <<'JS'
import { AIMessageChunk } from "@langchain/core/messages";

const chunkOf = (id, index, city) =>
  new AIMessageChunk({
    content: "",
    tool_call_chunks: [
      { type: "tool_call_chunk", id, index, name: "weather", args: JSON.stringify({ city }) },
    ],
  });
const show = (what, chunks) => {
  const { tool_calls, invalid_tool_calls } = chunks.reduce((sum, chunk) => sum.concat(chunk));
  console.log(`${what}: ${tool_calls.length} valid, ${invalid_tool_calls.length} invalid`);
};
show("with an id", [new AIMessageChunk(""), chunkOf("a", 0, "Rome")]);
show("with an empty id", [new AIMessageChunk(""), chunkOf("", 0, "Rome")]);
show("without an id", [new AIMessageChunk(""), chunkOf(undefined, 0, "Rome")]);
JS
seen=$(node run.mjs)
echo "$seen"
expected="with an id: 1 valid, 0 invalid
with an empty id: 0 valid, 1 invalid
without an id: 0 valid, 1 invalid"
[ "$seen" = "$expected" ]
