/**
 * List prices in USD, us-east-1, as known in November 2026. Bedrock's prices are in lib/budget/price.ts. Look the
 * prices up before you rely on them.
 */
export const pricesAsOf = "November 2026";

interface ListPrice {
  usd: number;
  /** What one unit of the price is. */
  per: string;
  source: string;
}

export const prices = {
  lambdaGbSecond: {
    usd: 0.000_013_333_4,
    per: "GB-second, arm64",
    source: "https://aws.amazon.com/lambda/pricing/",
  },
  lambdaRequests: {
    usd: 0.2,
    per: "million requests",
    source: "https://aws.amazon.com/lambda/pricing/",
  },
  apiRequests: {
    usd: 3.5,
    per: "million requests of a REST API",
    source: "https://aws.amazon.com/api-gateway/pricing/",
  },
  dynamoDbWrites: {
    usd: 0.625,
    per: "million write units, on demand",
    source: "https://aws.amazon.com/dynamodb/pricing/on-demand/",
  },
  dynamoDbReads: {
    usd: 0.125,
    per: "million read units, on demand",
    source: "https://aws.amazon.com/dynamodb/pricing/on-demand/",
  },
  logsGb: {
    usd: 0.5,
    per: "GB of logs taken in",
    source: "https://aws.amazon.com/cloudwatch/pricing/",
  },
  traces: {
    usd: 5,
    per: "million traces; 100,000 a month are free",
    source: "https://aws.amazon.com/xray/pricing/",
  },
  cloudFrontRequests: {
    usd: 1,
    per: "million requests; 10 million a month are free",
    source: "https://aws.amazon.com/cloudfront/pricing/",
  },
  cloudFrontGb: {
    usd: 0.085,
    per: "GB to the internet; 1 TB a month is free",
    source: "https://aws.amazon.com/cloudfront/pricing/",
  },
  embeddingTokens: {
    usd: 0.02,
    per: "million tokens of Titan Text Embeddings V2",
    source: "https://aws.amazon.com/bedrock/pricing/",
  },
  s3Writes: {
    usd: 5,
    per: "million writes into S3",
    source: "https://aws.amazon.com/s3/pricing/",
  },
  s3Reads: {
    usd: 0.4,
    per: "million reads from S3",
    source: "https://aws.amazon.com/s3/pricing/",
  },
  s3Gb: {
    usd: 0.023,
    per: "GB in S3 for a month",
    source: "https://aws.amazon.com/s3/pricing/",
  },
  neonGb: {
    usd: 0.35,
    per: "GB in the database for a month, Launch plan",
    source: "https://neon.com/docs/introduction/plans",
  },
  neonComputeHour: {
    usd: 0.106,
    per: "hour of one compute unit, Launch plan",
    source: "https://neon.com/docs/introduction/plans",
  },
} as const satisfies Record<string, ListPrice>;
