/** In UTF-16 units, as JavaScript counts. This file has no imports, because the small configuration reads it too. */
export const defaultMessageLimit = 32_000;

/** No deployment may set a higher limit: one message must fit into the context window of every model. */
export const highestMessageLimit = 100_000;

/** JSON writes one UTF-16 unit in at most six bytes (`\u0041`); the other fields of the body are short. */
export const maxChatRequestBytes = highestMessageLimit * 6 + 2_048;
