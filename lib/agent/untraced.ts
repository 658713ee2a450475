import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { CallbackManager, CallbackManagerForChainRun } from "@langchain/core/callbacks/manager";
import { RunnableSequence } from "@langchain/core/runnables";

/**
 * Replaces LangSmith's tracer, which LangChain adds when the environment asks for tracing. LangChain adds no tracer if a
 * handler of this name exists. Messages are private, so this system never traces.
 */
class NoTracer extends BaseCallbackHandler {
  override readonly name = "langchain_tracer";

  getRunTreeWithTracingConfig(): undefined {
    return undefined;
  }
}

const runId = "untraced";

/**
 * One manager for all runs. LangChain copies a manager, with its tags, metadata and handlers, several times for each step of a
 * graph. Without any manager it would create a run of LangSmith's for each step, which costs as much.
 */
class UntracedRuns extends CallbackManager {
  readonly #run = new UntracedRun(this);

  constructor() {
    super(runId);
    super.addHandler(new NoTracer());
  }

  override copy(): this {
    return this;
  }

  override async handleChainStart(): Promise<CallbackManagerForChainRun> {
    return this.#run;
  }

  override addHandler(): void {}
  override addTags(): void {}
  override addMetadata(): void {}
}

class UntracedRun extends CallbackManagerForChainRun {
  readonly #manager: CallbackManager;

  constructor(manager: CallbackManager) {
    super(runId, [], [], [], [], {}, {});
    this.#manager = manager;
  }

  override getChild(): CallbackManager {
    return this.#manager;
  }
}

/**
 * LangChain configures the manager anew some twenty times a turn: it asks the environment for tracers, merges their lists, and
 * describes the step to them as JSON. This manager has nothing to configure, and nobody reads the description.
 */
const configure = CallbackManager._configureSync;
CallbackManager._configureSync = (inherited, ...rest) =>
  inherited instanceof UntracedRuns
    ? inherited
    : configure.call(CallbackManager, inherited, ...rest);
RunnableSequence.prototype.toJSON = function toJson() {
  return this.toJSONNotImplemented();
};

/** Options of a LangChain call that must not be traced. */
export const untraced = { callbacks: new UntracedRuns() };
