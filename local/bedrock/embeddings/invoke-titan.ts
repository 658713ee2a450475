import * as v from "valibot";
import { refuseRequest } from "#local/bedrock/bedrock-error.ts";

/** The limits of Amazon Titan Text Embeddings V2. */
const maxTextLength = 50_000;
const maxTokens = 8_192;
const dimensions = 512;

const TitanRequest = v.strictObject({
  inputText: v.string(),
  dimensions: v.optional(v.number(), 1_024),
  normalize: v.optional(v.boolean(), true),
  embeddingTypes: v.optional(v.array(v.picklist(["float"]))),
});

/**
 * Returns the text of a request to Amazon Titan Text Embeddings V2.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
 * @throws BedrockError, in Bedrock's words where they are known
 */
export function readTitanRequest(body: unknown): string {
  const read = v.safeParse(TitanRequest, body);
  if (!read.success) {
    const [issue] = read.issues;
    malformed(`#/${v.getDotPath(issue) ?? ""}: ${issue.message}`);
  }
  const { inputText: text, dimensions: asked, normalize } = read.output;
  if (text.length === 0) malformed("expected minLength: 1, actual: 0");
  if (text.length > maxTextLength) {
    malformed(`expected maxLength: ${maxTextLength}, actual: ${text.length}`);
  }
  const tokens = tokensOf(text);
  if (tokens > maxTokens) {
    refuseRequest(
      `Too many input tokens. Max input tokens: ${maxTokens}, request input token count: ${tokens} `,
    );
  }
  if (asked !== dimensions || !normalize) {
    refuseRequest(`This model has vectors of ${dimensions} numbers and of length 1 only.`);
  }
  return text;
}

/** As the stand-in estimates the tokens of chat models. */
export const tokensOf = (text: string): number => Math.ceil(text.length / 4);

export const titanResponse = (embedding: readonly number[], text: string) => ({
  embedding,
  embeddingsByType: { float: embedding },
  inputTextTokenCount: tokensOf(text),
});

function malformed(detail: string): never {
  refuseRequest(`Malformed input request: ${detail}, please reformat your input and try again.`);
}
