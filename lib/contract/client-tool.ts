import * as v from "valibot";

/** A tool that the program runs itself which sent the message. Protocols of other clients declare such tools with a request. */
export const ClientTool = v.object({
  name: v.string(),
  description: v.string(),
  /** A JSON schema of an object. */
  parameters: v.record(v.string(), v.unknown()),
});
export type ClientTool = v.InferOutput<typeof ClientTool>;
