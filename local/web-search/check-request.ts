import type { IncomingHttpHeaders } from "node:http";
import { SignatureV4 } from "@smithy/signature-v4";
import * as v from "valibot";
import { Sha256 } from "#lib/platform/sha256.ts";
import { twinCredentials } from "#lib/platform/sign-request.ts";

/** A search as the service has understood it. */
export interface SearchRequest {
  searchQuery: string;
  maxResults: number;
  include: readonly string[];
  exclude: readonly string[];
  /** The sections of the documentation have no date, so a search by date finds none of them. */
  isByDate: boolean;
}

/** A refusal as AWS sends one. `reason` comes only with a ValidationException. */
export class SearchRefusal extends Error {
  readonly status: number;
  readonly type: string;
  readonly reason: string | undefined;

  constructor(status: number, type: string, message: string, reason?: string) {
    super(message);
    this.name = type;
    this.status = status;
    this.type = type;
    this.reason = reason;
  }
}

const mostResults = 25;
export const maxBodyBytes = 32 * 1024;

const characters = (least: number, most: number, name: string) =>
  v.pipe(
    v.string(`${name} must be a string`),
    v.check(
      (text) => [...text].length >= least && [...text].length <= most,
      `${name} must have ${least} to ${most} characters`,
    ),
  );
const domainList = v.pipe(
  v.array(characters(1, 253, "a domain")),
  v.minLength(1, "a list of domains must not be empty"),
  v.maxLength(100, "a list of domains must have at most 100 names"),
);
const timestamp = v.union(
  [v.number(), v.pipe(v.string(), v.isoTimestamp())],
  "a publication time must be a timestamp",
);

const Body = v.strictObject({
  searchQuery: characters(1, 200, "searchQuery"),
  maxResults: v.optional(
    v.pipe(
      v.number("maxResults must be a number"),
      v.integer("maxResults must be a whole number"),
      v.minValue(1, "maxResults must be from 1 to 25"),
      v.maxValue(mostResults, "maxResults must be from 1 to 25"),
    ),
    mostResults,
  ),
  filters: v.optional(
    v.strictObject({
      domainFilter: v.optional(
        v.strictObject({ include: v.optional(domainList), exclude: v.optional(domainList) }),
      ),
      publishedDateFilter: v.optional(
        v.pipe(
          v.strictObject({
            publishedAfter: v.optional(timestamp),
            publishedBefore: v.optional(timestamp),
          }),
          v.check(
            ({ publishedAfter, publishedBefore }) =>
              publishedAfter === undefined ||
              publishedBefore === undefined ||
              timeOf(publishedAfter) <= timeOf(publishedBefore),
            "publishedAfter must not be later than publishedBefore",
          ),
        ),
      ),
    }),
  ),
});

/** Returns what the body asks for. @throws SearchRefusal as the service refuses a request */
export function readSearchRequest(body: string): SearchRequest {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Body), body);
  if (!parsed.success) {
    const [{ message, type }] = parsed.issues;
    const reason = type === "parse_json" ? "CannotParse" : "FieldValidationFailed";
    throw new SearchRefusal(400, "ValidationException", message, reason);
  }
  const { searchQuery, maxResults, filters } = parsed.output;
  return {
    searchQuery,
    maxResults,
    include: filters?.domainFilter?.include ?? [],
    exclude: filters?.domainFilter?.exclude ?? [],
    isByDate: Object.keys(filters?.publishedDateFilter ?? {}).length > 0,
  };
}

const timeOf = (time: string | number): number =>
  typeof time === "number" ? time * 1_000 : Date.parse(time);

interface SignedRequest {
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Checks the signature as AWS does: for this service, with the twin's key, over these headers and this body. @throws SearchRefusal */
export async function checkSignature({ path, headers, body }: SignedRequest): Promise<void> {
  const { authorization = "" } = headers;
  if (authorization === "") {
    throw new SearchRefusal(
      403,
      "MissingAuthenticationTokenException",
      "Missing Authentication Token",
    );
  }
  const [, region = "", signed = ""] =
    /^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/([\w-]+)\/bedrock-agentcore\/aws4_request, SignedHeaders=([\w;-]+), Signature=[\da-f]{64}$/.exec(
      authorization,
    ) ?? [];
  const time = String(headers["x-amz-date"] ?? "");
  const expected =
    signed !== "" && /^\d{8}T\d{6}Z$/.test(time)
      ? await sign({ path, headers, body, names: signed.split(";"), region, time })
      : undefined;
  if (expected !== authorization) {
    throw new SearchRefusal(
      403,
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided.",
    );
  }
}

async function sign(request: SignedRequest & { names: string[]; region: string; time: string }) {
  const { path, headers, body, names, region, time } = request;
  const signer = new SignatureV4({
    service: "bedrock-agentcore",
    region,
    credentials: twinCredentials,
    sha256: Sha256,
  });
  const { headers: signed } = await signer.sign(
    {
      method: "POST",
      protocol: "https:",
      hostname: "127.0.0.1",
      path,
      query: {},
      headers: Object.fromEntries(
        names
          .filter((name) => !["x-amz-date", "x-amz-content-sha256"].includes(name))
          .map((name) => [name, String(headers[name] ?? "")]),
      ),
      body,
    },
    { signingDate: new Date(time.replace(/(....)(..)(..T..)(..)(..)/, "$1-$2-$3:$4:$5")) },
  );
  return signed.authorization;
}
