import { BaseCallbackHandler } from "@langchain/core/callbacks/base";

/**
 * Stands where LangChain would put LangSmith's tracer when the environment asks for it: it looks for a
 * handler of this name before it adds its own. Messages are private, so nothing is ever traced.
 */
class NoTracer extends BaseCallbackHandler {
  override readonly name = "langchain_tracer";
  override readonly ignoreLLM = true;
  override readonly ignoreChain = true;
  override readonly ignoreAgent = true;
  override readonly ignoreRetriever = true;
  override readonly ignoreCustomEvent = true;

  getRunTreeWithTracingConfig(): undefined {
    return undefined;
  }
}
export const untraced = { callbacks: [new NoTracer()] };
