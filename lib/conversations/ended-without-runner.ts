/**
 * What is set of a running turn, or a queued one, that ends without its runner: what was written stays. In the text
 * of the tools, because only jsonb could be changed in place and refuses \u0000; words of a tool have their quotes escaped.
 */
export const endedWithoutRunner = `
  result = coalesce(partial, ''), partial = null, finished_at = now(),
  tools = replace(tools::text, '"state":"running"', '"state":"failed"')::json`;
