/**
 * A call carries its idempotency key under this name of its `_meta`. MCP has no name of its own for it; HTTP has this one.
 */
export const idempotencyMeta = "idempotency-key";
