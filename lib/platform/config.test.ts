import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";

const good = { ENVIRONMENT: "aws", AWS_REGION: "us-east-1", RATE_LIMIT_TABLE: "limits" };

describe("readConfig", () => {
  it("fills in what may be left out", () => {
    expect(readConfig(good)).toMatchObject({
      environment: "aws",
      secretPrefix: "enterprise-agentic-ai",
      modelId: "us.amazon.nova-2-lite-v1:0",
      leaseSeconds: 15,
      messageLimit: 32_000,
      chatRequestsPerMinute: 10,
      conversationRequestsPerMinute: 60,
      conversationIdleDays: 30,
    });
  });

  it("tells all faults at once, by the variable's name and without its value", () => {
    const read = () =>
      readConfig({ ENVIRONMENT: "prod", LEASE_SECONDS: "soon", RATE_LIMIT_TABLE: "limits" });
    expect(read).toThrow(/ENVIRONMENT must be "aws" or "local"/);
    expect(read).toThrow(/AWS_REGION is missing/);
    expect(read).toThrow(/LEASE_SECONDS must be a whole number/);
    expect(read).not.toThrow(/soon/);
  });

  it("keeps conversations for ever when told so in words; nothing is deleted at once by a zero", () => {
    const read = (days: string) => readConfig({ ...good, CONVERSATION_IDLE_DAYS: days });
    expect(read("never").conversationIdleDays).toBeUndefined();
    expect(read("7").conversationIdleDays).toBe(7);
    expect(() => read("0")).toThrow(/CONVERSATION_IDLE_DAYS must be a whole number of at least 1/);
  });

  it.each(["0", "100001", "32k", "1e3", "-1", "32000.5"])(
    "refuses %s as the limit of a message",
    (limit) => {
      const read = () => readConfig({ ...good, MESSAGE_LIMIT: limit });
      expect(read).toThrow(/MESSAGE_LIMIT must be a whole number from 1 to 100000/);
    },
  );

  it("refuses a stand-in's address that is not on this machine", () => {
    const read = () => readConfig({ ...good, LOCAL_NEON_ENDPOINT: "http://db.example/sql" });
    expect(read).toThrow(/LOCAL_NEON_ENDPOINT must be a loopback address/);
  });
});
