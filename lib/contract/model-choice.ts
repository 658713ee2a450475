import * as v from "valibot";

// Apart from the settings, because the login loads these with the session and not the checks of typed texts.

/** How much a model thinks before it answers. */
export const Effort = v.picklist(["low", "medium", "high"], "must be low, medium or high");
export type Effort = v.InferOutput<typeof Effort>;

/** A model that the deployment offers. */
export const ModelChoice = v.object({
  id: v.string(),
  name: v.string(),
  /** The tokens that the model can read and write in one call. Null if this system does not know. */
  context_tokens: v.nullable(v.number()),
  /** In USD per million tokens. Null: the model is free. */
  price: v.nullable(v.object({ input_usd: v.number(), output_usd: v.number() })),
  /** How much the model can be told to think. Empty: the model cannot be told. */
  efforts: v.array(Effort),
  is_default: v.boolean(),
});
export type ModelChoice = v.InferOutput<typeof ModelChoice>;
