import { expect, it } from "vitest";
import { describeError } from "./describe-error.ts";

it("describes an error with its attributes and its stack", () => {
  const error = Object.assign(new TypeError("fetch failed"), { code: "ECONNREFUSED" });
  expect(describeError(error)).toEqual({
    name: "TypeError",
    message: "fetch failed",
    code: "ECONNREFUSED",
    stack: error.stack,
  });
});

it("describes the parts of an AggregateError, in a chain of causes too", () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED ::1"), { code: "ECONNREFUSED" });
  const unreachable = new AggregateError([refused, "no route"], "all addresses failed");
  expect(describeError(new TypeError("fetch failed", { cause: unreachable }))).toMatchObject({
    name: "TypeError",
    cause: {
      name: "AggregateError",
      message: "all addresses failed",
      errors: [
        { message: "connect ECONNREFUSED ::1", code: "ECONNREFUSED" },
        { name: "string", message: "no route" },
      ],
    },
  });
});

it("never holds an address that cannot be read, which may have a password", () => {
  const invalid = new Error("no database");
  try {
    new URL("postgresql://app:s3cret@host name/app");
  } catch (cause) {
    invalid.cause = cause;
  }
  const described = JSON.stringify(describeError(invalid));
  expect(described).toContain("ERR_INVALID_URL");
  expect(described).not.toContain("s3cret");
});

it("stops in a circular chain of causes, and after ten parts", () => {
  const error = new Error("first");
  error.cause = new Error("second", { cause: error });
  expect(JSON.stringify(describeError(error)).match(/"first"/g)).toHaveLength(3);
  const many = new AggregateError(Array.from({ length: 1_000 }, () => new Error("part")));
  expect(describeError(many).errors).toHaveLength(10);
});

it.each([
  ["a text", "boom", { name: "string", message: "boom" }],
  ["nothing", undefined, { name: "undefined", message: "undefined" }],
  ["an object", { toString: (): string => "thing" }, { name: "object", message: "thing" }],
])("describes a thrown %s", (_case, thrown, description) => {
  expect(describeError(thrown)).toEqual(description);
});
