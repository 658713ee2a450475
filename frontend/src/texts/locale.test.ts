import { describe, expect, it } from "vitest";
import { chooseLocale } from "./locale.ts";

describe("the locale", () => {
  it.each([
    ["en", ["en-GB", "en"], "en-GB"],
    ["en", ["en-US@posix"], "en-US"],
    ["en", ["en_US.UTF-8"], "en-US"],
    ["de", ["de_AT@euro"], "de-AT"],
    ["en", ["en-US-"], "en"],
    ["en", ["en-x"], "en"],
    ["en", ["en-toolongasubtag", "en-AU"], "en-AU"],
    ["en", ["C", "POSIX", ""], "en"],
    ["en", [], "en"],
    ["en", undefined, "en"],
    // "den" is Slave, another language whose code begins with the same letters.
    ["de", ["den", "de-CH"], "de-CH"],
    ["de", ["DE-ch"], "de-CH"],
  ])("of %s and %j is %s", (language, tags, locale) => {
    expect(chooseLocale(language, tags)).toBe(locale);
    expect(() => new Intl.DateTimeFormat(locale)).not.toThrow();
  });
});
