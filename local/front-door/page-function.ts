import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import * as v from "valibot";
import { parse } from "yaml";

/** Result of the CloudFront function: a request for a file of the page, or a response. */
export type PageFunctionResult =
  | { uri: string }
  | { statusCode: number; headers: Record<string, { value: string }>; body: string };

const Front = v.object({
  Resources: v.object({
    PagePath: v.object({ Properties: v.object({ FunctionCode: v.string() }) }),
  }),
});

/** Returns the code of the CloudFront function that maps addresses to files of the page. */
export function pageFunctionCode(): string {
  const path = join(import.meta.dirname, "../../infra/front.yml");
  const front = v.parse(Front, parse(readFileSync(path, "utf8"), { merge: true }));
  return front.Resources.PagePath.Properties.FunctionCode;
}

type Handler = (event: {
  request: { uri: string; headers: Record<string, { value: string }> };
  context: { requestId: string };
}) => PageFunctionResult;

/** Runs the code of the CloudFront function, so that each address gives the same file as in the cloud. */
export function createPageFunction(code = pageFunctionCode()) {
  const handler: Handler = runInNewContext(`${code}; handler`);
  return (request: {
    uri: string;
    accept?: string | undefined;
    requestId: string;
  }): PageFunctionResult => {
    const { uri, accept, requestId } = request;
    const headers = accept === undefined ? {} : { accept: { value: accept } };
    return handler({ request: { uri, headers }, context: { requestId } });
  };
}
