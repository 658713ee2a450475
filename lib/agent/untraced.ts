import { BaseCallbackHandler } from "@langchain/core/callbacks/base";

/**
 * Replaces LangSmith's tracer, which LangChain adds when the environment asks for tracing. LangChain adds no tracer if a
 * handler of this name exists. Messages are private, so this system never traces.
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

/** Options of a LangChain call that must not be traced. */
export const untraced = { callbacks: [new NoTracer()] };
