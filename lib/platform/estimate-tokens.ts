/** Estimates four bytes per token: four English letters, two Cyrillic letters, one Chinese character or emoji. */
export const tokensOfText = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4);
