import { expect, it } from "vitest";
import { gatewayEvent } from "#test/support/gateway-event.ts";
import { toHttpRequest } from "./http-request.ts";

it("reads the first cookie of each name", () => {
  const headers = { Cookie: "session=first; session=second; __proto__=x; a=b=c; broken" };
  const { cookies } = toHttpRequest(gatewayEvent({ headers }));
  expect({ ...cookies }).toEqual({ session: "first", a: "b=c", ["__proto__"]: "x" });
});

it.each(["\u2000", "\u00a0", "\ufeff", "\u3000", "\v", "\f", "\u0085", "\u2028"])(
  "treats %j as part of a cookie's name",
  (sign) => {
    const headers = { Cookie: `${sign}session=forged; session${sign}=forged; a=1${sign}` };
    const { cookies } = toHttpRequest(gatewayEvent({ headers }));
    expect(cookies.session).toBeUndefined();
    expect(cookies.a).toBe(`1${sign}`);
  },
);

it("strips space and tab around names and values, and skips cookies without a name", () => {
  const headers = { Cookie: " \tsession \t=\t value ;=nameless; \t=blank;empty=" };
  const { cookies } = toHttpRequest(gatewayEvent({ headers }));
  expect({ ...cookies }).toEqual({ session: "value", empty: "" });
});
