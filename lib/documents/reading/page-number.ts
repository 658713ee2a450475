const pageWords =
  /^(pages?|of|seiten?|von|p|pg|s|sur|de|página|pagina|di|strona|z|стр|страница|из|σελίδα|από|sida|side|av|af|sayfa|صفحة|من|עמוד|מתוך|第|页|頁|共|ページ)$/i;

/** Returns whether a line of a header or footer says nothing but the number of its page, such as "Page 3 of 10". */
export function isPageNumberOnly(text: string): boolean {
  const words = text.match(/\p{L}+/gu) ?? [];
  const isRoman = /^[\s–—-]*[ivxlc]+[\s–—-]*$/i.test(text);
  return isRoman || words.every((word) => pageWords.test(word));
}
