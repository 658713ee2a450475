/**
 * Returns an SQL condition: a text holds each word of others, without case and accents. Without words it is true.
 * @param text an SQL expression, as is `words`
 */
export const holdsEachWord = (text: string, words: string): string => `
  not exists (
    select from regexp_split_to_table(folded_text(${words}), '\\s+') as word
    where strpos(folded_text(${text}), word) = 0)`;
