import type {
  ContentBlockDelta,
  ContentBlockStart,
  ReasoningContentBlockDelta,
} from "@aws-sdk/client-bedrock-runtime";

/**
 * An event of ConverseStream as JSON, as far as this system reads it. The members are unchecked.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
 */
export interface ConverseEvent {
  contentBlockStart?: {
    contentBlockIndex?: number;
    start?: { toolUse?: ToolUseStart };
  };
  contentBlockDelta?: {
    contentBlockIndex?: number;
    delta?: {
      text?: unknown;
      toolUse?: { input?: string };
      reasoningContent?: { text?: unknown; signature?: unknown; redactedContent?: unknown };
    };
  };
  contentBlockStop?: object;
  messageStop?: { stopReason?: string };
  metadata?: unknown;
}

export interface ToolUseStart {
  toolUseId?: string;
  name?: string;
  /** Set if the call runs at the model's host, which sends the result in the same answer. */
  type?: string;
}

/** What this system does with each kind of content. A new kind of the SDK's types is a compile error here. */
type Handling = "read" | "dropped";
export const deltaKinds: Record<MemberOf<ContentBlockDelta>, Handling> = {
  text: "read",
  toolUse: "read",
  reasoningContent: "read",
  citation: "dropped",
  image: "dropped",
  toolResult: "dropped",
};
export const startKinds: Record<MemberOf<ContentBlockStart>, Handling> = {
  toolUse: "read",
  image: "dropped",
  toolResult: "dropped",
};
export const reasoningKinds: Record<MemberOf<ReasoningContentBlockDelta>, Handling> = {
  text: "read",
  signature: "read",
  redactedContent: "read",
};

/** The names of a union's members, without the SDK's `$unknown`. */
type MemberOf<Union> = Exclude<Union extends unknown ? keyof Union : never, "$unknown">;
