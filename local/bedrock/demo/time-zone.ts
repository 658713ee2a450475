/** A place in a question about the time. `timeZone` is its IANA zone if a zone is named after the city. */
export interface Place {
  name?: string | undefined;
  timeZone?: string | undefined;
}

const cityInQuestion =
  /\bin (\p{L}[\p{L} .'-]*?)(?=\s+(?:now|right|today|and|please)\b|[?.!,]|\s*$)/iu;

export function findPlace(question: string): Place {
  const [zone] = question.match(/\b\p{Lu}\p{L}+(?:\/\p{L}[\p{L}_+-]+)+|\b(?:UTC|GMT)\b/u) ?? [];
  if (zone !== undefined) return { name: zone, timeZone: zone };
  const [, city] = question.match(cityInQuestion) ?? [];
  return city === undefined ? {} : { name: city, timeZone: zoneOfCity(city) };
}

function zoneOfCity(city: string): string | undefined {
  const wanted = city.trim().toLowerCase().replaceAll(" ", "_");
  return Intl.supportedValuesOf("timeZone").find(
    (zone) => zone.toLowerCase().split("/").at(-1) === wanted,
  );
}
