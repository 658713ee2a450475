import { describe, expect, it } from "vitest";
import { decodeCursor, encodeCursor } from "./list-cursor.ts";

const position = {
  at: new Date("2026-11-23T12:00:00.123Z"),
  id: "11111111-1111-4111-8111-111111111111",
};
const base64url = (text: string) => Buffer.from(text).toString("base64url");

describe("a cursor", () => {
  it("decodes to the encoded position", () => {
    expect(decodeCursor(encodeCursor(position))).toEqual(position);
  });

  it.each([
    ["an empty text", ""],
    ["a text in plain words", "page-2"],
    ["a cut cursor", encodeCursor(position).slice(0, -1)],
    ["a cursor with a character behind it", `${encodeCursor(position)}=`],
    ["a character outside base64url", encodeCursor(position).replace("M", "+")],
    ["an id that is no UUID", base64url("1795435200123.robert")],
    ["SQL", base64url("1795435200123.' or true --")],
    ["a time beyond the calendar", base64url(`999999999999999.${position.id}`)],
  ])("is not decoded from %s", (_, cursor) => {
    expect(decodeCursor(cursor)).toBeUndefined();
  });
});
