import { expect, it } from "vitest";
import { gatewayEvent } from "#test/support/gateway-event.ts";
import { toHttpRequest } from "./http-request.ts";

it("reads cookies by their names, the first of each, whatever the name", () => {
  const headers = { Cookie: "session=first; session=second; __proto__=x; a=b=c; broken" };
  const { cookies } = toHttpRequest(gatewayEvent({ headers }));
  expect({ ...cookies }).toEqual({ session: "first", a: "b=c", ["__proto__"]: "x" });
});
