/** The page explains a longer wait: an unused database is suspended and must start. */
export const slowHintDelayMs = 3_000;
