import type { Message } from "@aws-sdk/client-bedrock-runtime";
import { ChatBedrockConverse } from "@langchain/aws";
import { type BaseMessage, SystemMessage } from "@langchain/core/messages";
import { toConverseMessages } from "./converse-messages.ts";

type Streaming = Parameters<ChatBedrockConverse["_streamResponseChunks"]>;

/**
 * ChatBedrockConverse that sends our own messages. @langchain/aws 1.4.5 puts tool calls behind everything
 * else, joins redacted thoughts, drops signed thoughts without a word and the status of a tool's result.
 */
export class OrderedConverse extends ChatBedrockConverse {
  override async *_streamResponseChunks(messages: BaseMessage[], ...[options, runs]: Rest) {
    const ordered = {
      ...options,
      orderedMessages: toConverseMessages(inTurn(messages), this.model),
    };
    yield* super._streamResponseChunks(messages.filter(isSystem), ordered, runs);
  }

  /** The base class spreads these over the request, after the messages that it made itself. */
  override invocationParams(options?: Options) {
    const params = super.invocationParams(options);
    return options?.orderedMessages ? { ...params, messages: options.orderedMessages } : params;
  }
}

type Rest = Streaming extends [unknown, ...infer Others] ? Others : never;
type Options = NonNullable<Parameters<ChatBedrockConverse["invocationParams"]>[0]> & {
  orderedMessages?: Message[];
};

const isSystem = (message: BaseMessage): boolean => SystemMessage.isInstance(message);
const inTurn = (messages: BaseMessage[]) => messages.filter((message) => !isSystem(message));
