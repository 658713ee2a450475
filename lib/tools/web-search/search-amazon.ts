import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { createRequestSigner, twinCredentials } from "#lib/platform/sign-request.ts";
import { ToolRefusal } from "#lib/tools/tool.ts";
import { type JsonResponse, postJson } from "./post-json.ts";
import { readResults } from "./read-results.ts";
import type { SearchWeb, WebQuery } from "./search-web.ts";

/**
 * The operation InvokeWebSearch with the tool that AWS manages. AWS documents only that the tool's id is in the path; the
 * rest follows the service's other operations (`/browsers/{id}/sessions/invoke`) and is to be checked on a deployment.
 */
const path = "/web-searches/web-search.v1/invoke";
const name = "Amazon's web search";

interface AmazonParts {
  region: string;
  /** The twin's stand-in. */
  endpoint?: string | undefined;
  timeoutMs: number;
}

/**
 * Returns the search of Amazon Bedrock AgentCore. The function's role is all that it needs.
 * https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/web-search-api-reference.html
 */
export function createAmazonSearch({ region, endpoint, timeoutMs }: AmazonParts): SearchWeb {
  const url = new URL(path, endpoint ?? `https://bedrock-agentcore.${region}.amazonaws.com`);
  const sign = createRequestSigner({
    service: "bedrock-agentcore",
    region,
    credentials: endpoint ? twinCredentials : defaultProvider(),
  });
  return async (query, signal) => {
    const body = Buffer.from(JSON.stringify(requestOf(query)));
    const headers = async () => {
      try {
        return await sign({ path, headers: { host: url.host }, body });
      } catch (cause) {
        throw new ToolRefusal("this deployment has no credentials for Amazon's web search.", {
          cause,
        });
      }
    };
    const response = await postJson({ name, url, headers, body, timeoutMs, signal });
    if (response.status !== 200) throw refusalOf(response, region);
    return readResults(name, response.body, { text: "text", publishedAt: "publishedDate" });
  };
}

function requestOf({ query, maxResults, domains, publishedAfter, publishedBefore }: WebQuery) {
  const filters = {
    ...(domains.length > 0 && { domainFilter: { include: domains } }),
    ...((publishedAfter || publishedBefore) && {
      publishedDateFilter: {
        ...(publishedAfter && { publishedAfter: `${publishedAfter}T00:00:00Z` }),
        ...(publishedBefore && { publishedBefore: `${publishedBefore}T23:59:59Z` }),
      },
    }),
  };
  return {
    searchQuery: query,
    maxResults,
    ...(Object.keys(filters).length > 0 && { filters }),
  };
}

/** https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/web-search-api-troubleshooting.html */
function refusalOf({ status, headers, body }: JsonResponse, region: string): ToolRefusal {
  const type = String(headers["x-amzn-errortype"] ?? "").replace(/[:#].*/, "");
  const { message } = (body ?? {}) as { message?: unknown };
  const detail = typeof message === "string" ? message.slice(0, 200) : "no reason given";
  const refusal = (text: string) =>
    new ToolRefusal(text, { cause: new Error(`${status} ${type}`) });
  if (type === "AccessDeniedException") {
    return refusal(
      "this deployment may not use Amazon's web search: its role needs bedrock-agentcore:InvokeWebSearch.",
    );
  }
  if (status === 403) return refusal("Amazon did not accept this deployment's credentials.");
  if (status === 404) return refusal(`Amazon has no such web search in the region ${region}.`);
  if (status === 429 || status === 402) {
    return refusal(
      "Amazon's web search takes no more queries now: the account's quota is used up. Try again in a minute.",
    );
  }
  if (status === 400) return refusal(`${name} did not accept the query: ${detail}`);
  return refusal(`${name} failed with the status ${status}. Try again later.`);
}
