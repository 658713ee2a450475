import * as v from "valibot";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";

const TextPart = v.object({ type: v.literal("text"), text: v.string() });

/**
 * Returns the text of a message that comes in parts.
 * @throws HttpProblem 400 for a part that an answer could not take into account
 */
export const textOfParts = (parts: readonly unknown[], field: string): string =>
  parts
    .map((part) => {
      const text = v.safeParse(TextPart, part);
      if (text.success) return text.output.text;
      throw new HttpProblem(
        "bad_request",
        400,
        `${field} must have text parts only: files are not supported.`,
        { field },
      );
    })
    .join("\n");
