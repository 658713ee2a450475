/** Zones of places after which no zone is named, and German names. The IANA name of a zone is a place, too. */
const zones: Record<string, string> = {
  "America/New_York":
    "new york|new york city|nyc|boston|washington|washington dc|miami|atlanta|philadelphia|new jersey|east coast|ostküste",
  "America/Chicago": "houston|dallas|austin|texas|new orleans|minneapolis",
  "America/Los_Angeles":
    "san francisco|sf|seattle|san diego|las vegas|california|kalifornien|silicon valley|los angeles|la|west coast|westküste|portland",
  "America/Denver": "denver|salt lake city|colorado",
  "America/Toronto": "ottawa|montreal|québec|quebec",
  "America/Vancouver": "vancouver",
  "America/Mexico_City": "mexiko-stadt|mexico city|mexiko stadt",
  "America/Sao_Paulo": "rio|rio de janeiro|são paulo|sao paulo|brasilia|brasília|brazil|brasilien",
  "America/Argentina/Buenos_Aires": "argentina|argentinien",
  "America/Santiago": "chile",
  "America/Bogota": "bogotá|kolumbien|colombia",
  "America/Havana": "havanna|cuba|kuba",
  "Pacific/Honolulu": "hawaii",
  "America/Anchorage": "alaska",
  "Europe/London":
    "england|united kingdom|uk|britain|scotland|schottland|edinburgh|manchester|birmingham|liverpool|oxford|cambridge|großbritannien|grossbritannien",
  "Europe/Dublin": "ireland|irland",
  "Europe/Berlin":
    "germany|deutschland|munich|münchen|muenchen|hamburg|cologne|köln|koeln|frankfurt|stuttgart|düsseldorf|dusseldorf|leipzig|dresden|nuremberg|nürnberg|hannover|hanover|bremen|essen|dortmund|bonn",
  "Europe/Paris":
    "france|frankreich|lyon|marseille|nice|nizza|toulouse|bordeaux|strasbourg|straßburg",
  "Europe/Madrid": "spain|spanien|barcelona|valencia|seville|sevilla",
  "Europe/Lisbon": "portugal|lissabon|porto",
  "Europe/Rome":
    "italy|italien|rom|milan|mailand|naples|neapel|turin|florence|florenz|venice|venedig",
  "Europe/Vienna": "austria|österreich|wien|salzburg|graz|innsbruck",
  "Europe/Zurich": "switzerland|schweiz|zürich|bern|geneva|genf|basel",
  "Europe/Amsterdam": "netherlands|niederlande|holland|rotterdam|the hague|den haag",
  "Europe/Brussels": "belgium|belgien|brüssel|antwerp|antwerpen",
  "Europe/Luxembourg": "luxemburg",
  "Europe/Copenhagen": "denmark|dänemark|kopenhagen",
  "Europe/Stockholm": "sweden|schweden|gothenburg|göteborg",
  "Europe/Oslo": "norway|norwegen|bergen",
  "Europe/Helsinki": "finland|finnland",
  "Atlantic/Reykjavik": "iceland|island|reykjavík",
  "Europe/Warsaw": "poland|polen|warschau|krakow|kraków|krakau|danzig|gdansk",
  "Europe/Prague": "czechia|tschechien|prag|brno|brünn",
  "Europe/Budapest": "hungary|ungarn",
  "Europe/Bucharest": "romania|rumänien|bukarest",
  "Europe/Sofia": "bulgaria|bulgarien",
  "Europe/Athens": "greece|griechenland|athen",
  "Europe/Istanbul": "turkey|türkei|turkei|ankara",
  "Europe/Kyiv": "ukraine|kiev|kiew",
  "Europe/Moscow": "russia|russland|moskau|saint petersburg|st petersburg|sankt petersburg",
  "Africa/Cairo": "egypt|ägypten|kairo",
  "Africa/Johannesburg": "south africa|südafrika|cape town|kapstadt|durban",
  "Africa/Nairobi": "kenya|kenia",
  "Africa/Lagos": "nigeria|abuja",
  "Africa/Casablanca": "morocco|marokko|rabat|marrakesh|marrakesch",
  "Asia/Dubai": "united arab emirates|uae|abu dhabi|vereinigte arabische emirate",
  "Asia/Riyadh": "saudi arabia|saudi-arabien|riad",
  "Asia/Jerusalem": "israel|tel aviv",
  "Asia/Tehran": "iran|teheran",
  "Asia/Karachi": "pakistan|islamabad|lahore",
  "Asia/Kolkata":
    "india|indien|mumbai|bombay|delhi|new delhi|neu-delhi|bangalore|bengaluru|chennai|hyderabad|calcutta|kalkutta|pune",
  "Asia/Bangkok": "thailand",
  "Asia/Ho_Chi_Minh": "vietnam|hanoi|saigon|ho chi minh city",
  "Asia/Singapore": "singapur",
  "Asia/Jakarta": "indonesia|indonesien",
  "Asia/Shanghai": "china|beijing|peking|shenzhen|guangzhou|shanghai",
  "Asia/Hong_Kong": "hongkong",
  "Asia/Taipei": "taiwan|taipeh",
  "Asia/Tokyo": "japan|tokio|osaka|kyoto",
  "Asia/Seoul": "south korea|korea|südkorea|busan",
  "Asia/Manila": "philippines|philippinen",
  "Australia/Sydney": "canberra",
  "Pacific/Auckland": "new zealand|neuseeland|wellington",
};

const zoneByPlace = new Map<string, string>(
  Intl.supportedValuesOf("timeZone").flatMap((zone) => {
    const place = zone.split("/").at(-1)?.toLowerCase().replaceAll("_", " ");
    return zone.includes("/") && place ? [[place, zone] as const] : [];
  }),
);
for (const [zone, places] of Object.entries(zones)) {
  for (const place of places.split("|")) zoneByPlace.set(place, zone);
}
for (const zone of ["Asia/Kolkata", "Europe/Kyiv", "Asia/Ho_Chi_Minh"]) {
  zoneByPlace.set(zone.split("/")[1]?.toLowerCase().replaceAll("_", " ") ?? "", zone);
}

/** Short words that are also ordinary words count as a place only after "in". */
const ambiguous = new Set([
  "la",
  "sf",
  "rom",
  "essen",
  "nice",
  "island",
  "bergen",
  "turkey",
  "chile",
  "center",
  "easter",
  "melbourne ",
]);
const mostWords = 4;

export interface Place {
  /** As the person wrote it. */
  name: string;
  /** An IANA name. Undefined for a place that the list does not know. */
  zone: string | undefined;
}

/** Returns the places in a question, in its order. Of an unknown place it knows only what follows "in". */
export function findPlaces(text: string): Place[] {
  const found: (Place & { index: number })[] = [];
  for (const match of text.matchAll(/\b\p{Lu}\p{L}+(?:\/\p{L}[\p{L}_+-]+)+|\b(?:UTC|GMT)\b/gu)) {
    found.push({ name: match[0], zone: match[0], index: match.index });
  }
  if (found.length > 0) return found.map(({ name, zone }) => ({ name, zone }));
  const words = [...text.matchAll(/[\p{L}'-]+\.?/gu)];
  for (let at = 0; at < words.length; at += 1) {
    for (let length = mostWords; length > 0; length -= 1) {
      const [first, last] = [words[at], words[at + length - 1]];
      if (!first || !last) continue;
      const name = text.slice(first.index, last.index + last[0].length).replace(/\.$/u, "");
      const zone = zoneByPlace.get(name.toLowerCase());
      const isAfterIn = /^(?:in|and|und|between|zwischen)$/iu.test(words[at - 1]?.[0] ?? "");
      const isCapital = /^\p{Lu}/u.test(name);
      if (zone === undefined || (ambiguous.has(name.toLowerCase()) && !isAfterIn)) continue;
      if (!isCapital && !isAfterIn) continue;
      found.push({ name, zone, index: first.index });
      at += length - 1;
      break;
    }
  }
  if (found.length > 0) return found.map(({ name, zone }) => ({ name, zone }));
  const [, unknown] =
    /\bin (?:the )?(\p{L}[\p{L} .'-]*?)(?=\s+(?:now|right|today|and|please|jetzt|gerade|und)\b|[?.!,]|\s*$)/iu.exec(
      text,
    ) ?? [];
  return unknown === undefined ? [] : [{ name: unknown, zone: undefined }];
}
