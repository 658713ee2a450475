import { expect, it } from "vitest";
import { gatewayEvent } from "#test/support/gateway-event.ts";
import { toHttpRequest } from "./http-request.ts";

it("reads cookies by their names, the first of each, whatever the name", () => {
  const headers = { Cookie: "session=first; session=second; __proto__=x; a=b=c; broken" };
  const { cookies } = toHttpRequest(gatewayEvent({ headers }));
  expect({ ...cookies }).toEqual({ session: "first", a: "b=c", ["__proto__"]: "x" });
});

it.each(["\u2000", "\u00a0", "\ufeff", "\u3000", "\v", "\f", "\u0085", "\u2028"])(
  "takes a cookie's name behind %j for another name",
  (sign) => {
    const headers = { Cookie: `${sign}session=forged; session${sign}=forged; a=1${sign}` };
    const { cookies } = toHttpRequest(gatewayEvent({ headers }));
    expect(cookies.session).toBeUndefined();
    expect(cookies.a).toBe(`1${sign}`);
  },
);

it("strips space and tab around a cookie's name and value, and skips a cookie without a name", () => {
  const headers = { Cookie: " \tsession \t=\t value ;=nameless; \t=blank;empty=" };
  const { cookies } = toHttpRequest(gatewayEvent({ headers }));
  expect({ ...cookies }).toEqual({ session: "value", empty: "" });
});
