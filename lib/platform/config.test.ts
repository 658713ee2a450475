import { describe, expect, it } from "vitest";
import { variablesOf } from "#local/variables-of.ts";
import { readConfig } from "./config.ts";

const good = { ENVIRONMENT: "aws", AWS_REGION: "us-east-1", RATE_LIMIT_TABLE: "limits" };

describe("readConfig", () => {
  it("fills in defaults", () => {
    expect(readConfig(good)).toMatchObject({
      environment: "aws",
      secretPrefix: "enterprise-agentic-ai",
      modelId: "us.amazon.nova-2-lite-v1:0",
      leaseSeconds: 15,
      messageLimit: 32_000,
      chatRequestsPerMinute: 10,
      conversationRequestsPerMinute: 60,
      conversationIdleDays: 30,
      databaseLimitMegabytes: 512,
      documents: {
        isOn: true,
        bucket: "documents",
        fileBytes: 25 * 1024 * 1024,
        owner: { bytes: 100 * 1024 * 1024, count: 200 },
        site: { bytes: 500 * 1024 * 1024, count: 2_000 },
        embeddingModelId: "amazon.titan-embed-text-v2:0",
        isNumberCheckOn: true,
      },
    });
  });

  it("names all faulty variables in one error, without their values", () => {
    const read = () =>
      readConfig({ ENVIRONMENT: "prod", LEASE_SECONDS: "soon", RATE_LIMIT_TABLE: "limits" });
    expect(read).toThrow(/ENVIRONMENT must be "aws" or "local"/);
    expect(read).toThrow(/AWS_REGION is missing/);
    expect(read).toThrow(/LEASE_SECONDS must be a whole number/);
    expect(read).not.toThrow(/soon/);
  });

  it("keeps conversations for ever when the value is never, and refuses zero days", () => {
    const read = (days: string) => readConfig({ ...good, CONVERSATION_IDLE_DAYS: days });
    expect(read("never").conversationIdleDays).toBeUndefined();
    expect(read("7").conversationIdleDays).toBe(7);
    expect(() => read("0")).toThrow(
      /CONVERSATION_IDLE_DAYS must be a whole number from 1 to 3650 or never/,
    );
  });

  it("reads the switches of the documents, and refuses other values", () => {
    const read = (name: string, value: string) => readConfig({ ...good, [name]: value }).documents;
    expect(read("DOCUMENTS", "off").isOn).toBe(false);
    expect(read("DOCUMENT_NUMBER_CHECK", "off").isNumberCheckOn).toBe(false);
    expect(read("DOCUMENT_EMBEDDING_MODEL_ID", "off").embeddingModelId).toBeUndefined();
    expect(() => read("DOCUMENT_EMBEDDING_MODEL_ID", "cohere.embed-v4")).toThrow(
      /DOCUMENT_EMBEDDING_MODEL_ID must be amazon\.titan-embed-text-v2:0 or off/,
    );
    expect(() => read("DOCUMENT_BUCKET", "team.documents")).toThrow(
      /DOCUMENT_BUCKET must be the name of a bucket/,
    );
    expect(() => read("DOCUMENT_MEGABYTE", "1")).toThrow(/DOCUMENT_MEGABYTE is not a setting/);
  });

  const bounds = {
    KEY_KEPT_SECONDS: [1, 30],
    BEDROCK_FIRST_WORD_SECONDS: [5, 75],
    BEDROCK_SILENCE_SECONDS: [5, 75],
    LEASE_SECONDS: [2, 300],
    MESSAGE_LIMIT: [1, 100_000],
    THREAD_TOKENS: [40_000, 100_000],
    TOOL_APPROVAL_DAYS: [1, 30],
    TOOL_MARKET_DATA_DAILY_CALLS: [1, 1_000_000],
    TURN_DEADLINE_SECONDS: [1, 880],
    CHAT_REQUESTS_PER_MINUTE: [1, 120],
    OWNER_OPEN_TURNS: [10, 1_000],
    OWNER_CONVERSATIONS: [1, 10_000],
    OWNER_MEGABYTES: [1, 100_000],
    CONVERSATION_REQUESTS_PER_MINUTE: [1, 120],
    CONVERSATION_IDLE_DAYS: [1, 3_650],
    DATABASE_LIMIT_MEGABYTES: [100, 16_000_000],
    DOCUMENT_MEGABYTES: [1, 100],
    DOCUMENT_OWNER_MEGABYTES: [1, 100_000],
    DOCUMENT_OWNER_COUNT: [1, 100_000],
    DOCUMENT_SITE_MEGABYTES: [1, 100_000],
    DOCUMENT_SITE_COUNT: [1, 100_000],
  } as const;

  it.each(Object.entries(bounds))("refuses values of %s outside its bounds", (name, [min, max]) => {
    const read = (value: number | string) => () => readConfig({ ...good, [name]: String(value) });
    for (const value of [min, max]) expect(read(value)).not.toThrow();
    for (const value of [min - 1, max + 1, 1e9, 1e21, 1.5, -1, "0x10", " 10", "Infinity"]) {
      expect(read(value)).toThrow(`${name} must be a whole number from ${min} to ${max}`);
    }
  });

  it.each([
    ["us-east-1", undefined, undefined],
    ["eu-central-1", "eu-west-1", undefined],
    ["eu-central-1", undefined, "TOOL_WEB_SEARCH_REGION must be set, because eu-central-1 has no"],
    ["us-east-1", "eu-central-1", "TOOL_WEB_SEARCH_REGION must be a region with Amazon's web"],
  ])("Amazon's web search in %s, with %s for its own region", (region, own, fault) => {
    const read = (search: string) => () =>
      readConfig({
        ...{ ...good, AWS_REGION: region, TOOL_WEB_SEARCH: search },
        ...(own && { TOOL_WEB_SEARCH_REGION: own }),
      });
    if (fault) expect(read("amazon")).toThrow(fault);
    else expect(read("amazon")().webSearch).toBe("amazon");
    if (!own) expect(read("tavily")().webSearch).toBe("tavily");
    expect(read("google")).toThrow("TOOL_WEB_SEARCH must be off, amazon or tavily");
  });

  it("the twin's web search needs no region", () => {
    const config = readConfig({
      ...{ ...good, AWS_REGION: "eu-central-1", TOOL_WEB_SEARCH: "amazon" },
      LOCAL_WEB_SEARCH_ENDPOINT: "http://127.0.0.1:4000",
    });
    expect(config.endpoints.webSearch).toBe("http://127.0.0.1:4000");
  });

  it("pages are read unless the deployment turns it off", () => {
    const read = (value?: string) => readConfig({ ...good, TOOL_READ_PAGE: value }).readPage;
    expect([read(), read("on"), read("off")]).toEqual([true, true, false]);
    for (const value of ["", "true", "ON"]) {
      expect(() => read(value)).toThrow(/TOOL_READ_PAGE (must be on or off|is empty)/);
    }
  });

  it("there are no quotes unless the deployment names a service", () => {
    const read = (value?: string) => readConfig({ ...good, TOOL_MARKET_DATA: value }).marketData;
    expect([read(), read("off"), read("fmp")]).toEqual(["off", "off", "fmp"]);
    expect(() => read("yahoo")).toThrow("TOOL_MARKET_DATA must be off or fmp");
    expect(readConfig(good).marketDataDailyCalls).toBe(240);
  });

  it("every numeric setting has bounds", () => {
    const numeric = variablesOf(readConfig).filter((name) => {
      const others = [
        "ENVIRONMENT",
        "PUBLIC_ORIGIN",
        "BEDROCK_TEMPERATURE",
        "BEDROCK_PRICES",
        "BEDROCK_MODEL_CHOICES",
        "DOCUMENTS",
        "CHAT_TITLES",
        "CHAT_SUGGESTIONS",
        "DOCUMENT_BUCKET",
        "DOCUMENT_INGEST_FUNCTION",
        "DOCUMENT_NUMBER_CHECK",
        "OTLP_ENDPOINT",
        "OTLP_HEADERS",
        "TOOL_MCP",
        "TOOL_POLICY",
        "TOOL_READ_PAGE",
        "TOOL_PRICES",
        "TOOL_MARKET_DATA",
        "TOOL_WEB_SEARCH",
        "TOOL_SQL_QUERY",
        "TOOL_WEB_SEARCH_REGION",
        "WEBHOOKS",
      ];
      if (others.includes(name) || /^LOCAL_|^BUDGET_|MODEL_ID$|_FUNCTION$/.test(name)) return false;
      try {
        readConfig({ ...good, [name]: "not a number" });
        return false;
      } catch {
        return true;
      }
    });
    expect(numeric.toSorted()).toEqual(Object.keys(bounds).toSorted());
  });

  it.each([
    "BUDGET_TURN_USD",
    "BUDGET_OWNER_DAY_USD",
    "BUDGET_SITE_DAY_USD",
    "BUDGET_SITE_MONTH_USD",
  ])("%s takes an amount above zero only", (name) => {
    const read = (value: string) => () => readConfig({ ...good, [name]: value });
    for (const amount of ["0.000001", "0.25", "20", "999999"]) {
      expect(read(amount)).not.toThrow();
    }
    for (const amount of [
      "0",
      "-1",
      "0.0000001",
      "1e3",
      "NaN",
      "Infinity",
      "1,5",
      "$5",
      " 5",
      "1000000",
    ]) {
      expect(read(amount)).toThrow(`${name} must be an amount in USD`);
    }
  });

  it("keeps amounts as whole microdollars", () => {
    const { budgetCaps } = readConfig({ ...good, BUDGET_TURN_USD: "0.290001" });
    expect(budgetCaps).toEqual({
      ...{ turn: 290_001, ownerDay: 4_000_000 },
      ...{ siteDay: 10_000_000, siteMonth: 20_000_000 },
    });
  });

  it("reads the prices of further models, and refuses what is no price", () => {
    const read = (value: string) => () =>
      readConfig({ ...good, BEDROCK_PRICES: value }).modelPrices;
    expect(read('{"a.model":{"input":0.2,"output":1}}')()).toEqual({
      "a.model": { input: 0.2, output: 1, cacheRead: 1, cacheWrite: 1.25 },
    });
    for (const value of [
      "",
      "0.3",
      "[]x",
      "null",
      '{"a":null}',
      '{"a":{"input":1}}',
      '{"a":{"input":-1,"output":1}}',
      '{"a":{"input":"1","output":1}}',
    ]) {
      expect(read(value)).toThrow("BEDROCK_PRICES");
    }
  });

  it("reads the prices of tools in whole microdollars, and refuses what is no price", () => {
    const read = (value: string) => () => readConfig({ ...good, TOOL_PRICES: value }).toolPrices;
    expect(readConfig(good).toolPrices).toEqual({});
    expect(read('{"web_search":0.007,"other":0}')()).toEqual({ web_search: 7_000, other: 0 });
    for (const value of ["", "7", "null", "{}", '["a"]', '{"a":"1"}', '{"a":-1}', '{"a":1.1}']) {
      expect(read(value), value).toThrow("TOOL_PRICES");
    }
  });

  it("reads the rules of the tools, and refuses a list that is none", () => {
    const rules = [{ tool: "send_*", policy: "deny" }];
    expect(readConfig(good).toolPolicy).toEqual([]);
    expect(readConfig({ ...good, TOOL_POLICY: JSON.stringify(rules) }).toolPolicy).toEqual(rules);
    expect(() => readConfig({ ...good, TOOL_POLICY: "deny all" })).toThrow(
      "TOOL_POLICY must be a JSON list",
    );
  });

  it("reads the webhooks, and refuses an absurd one without showing it", () => {
    expect(readConfig(good).webhooks.size).toBe(0);
    const read =
      (url: string, environment = "aws") =>
      () =>
        readConfig({
          ...good,
          ENVIRONMENT: environment,
          WEBHOOKS: JSON.stringify({ chat: url }),
        }).webhooks.get("chat")?.href;
    expect(read("https://hooks.example.com/T1")()).toBe("https://hooks.example.com/T1");
    const secret = read("http://hooks.example.com/secret");
    expect(secret).toThrow('WEBHOOKS has the address "chat", which must begin with https://');
    expect(secret).not.toThrow("secret");
    expect(read("http://127.0.0.1:9/")).toThrow("https://");
    expect(read("http://127.0.0.1:9/", "local")()).toBe("http://127.0.0.1:9/");
  });

  it("sends traces to https only, except on the twin", () => {
    const read =
      (endpoint: string, environment = "aws") =>
      () =>
        readConfig({ ...good, ENVIRONMENT: environment, OTLP_ENDPOINT: endpoint }).otlpEndpoint;
    expect(readConfig(good).otlpEndpoint).toBeUndefined();
    expect(read("https://otlp.example.com/otlp")()).toBe("https://otlp.example.com/otlp");
    const open = read("http://hidden.example.com");
    expect(open).toThrow("OTLP_ENDPOINT must begin with https://");
    expect(open).not.toThrow("hidden");
    expect(read("http://127.0.0.1:4318")).toThrow("OTLP_ENDPOINT must begin with https://");
    expect(read("http://127.0.0.1:4318", "local")()).toBe("http://127.0.0.1:4318");
    expect(read("http://10.0.0.1:4318", "local")).toThrow("https://");
    expect(read("https://me:word@otlp.example.com")).toThrow("must not hold a user or a password");
    expect(read("otlp.example.com")).toThrow("OTLP_ENDPOINT is not a URL");
    expect(() => readConfig({ ...good, OTLP_HEADERS: "yes" })).toThrow("must be on or off");
    expect(() => readConfig({ ...good, OTLP_HEADER: "on" })).toThrow("is not a setting");
  });

  it("takes the name of a function only", () => {
    const read = (name: string) => readConfig({ ...good, TURN_RUN_FUNCTION: name });
    expect(readConfig(good).turnRunFunction).toBe("turn-run");
    expect(read("enterprise-agentic-ai-prod-turn-run").turnRunFunction).toContain("-prod-");
    for (const name of ["", "a/b", "turn run", "a".repeat(65)]) {
      expect(() => read(name)).toThrow("TURN_RUN_FUNCTION");
    }
  });

  it.each(["BEDROCK_MODEL_ID", "BEDROCK_FALLBACK_MODEL_ID"])("%s takes a model id only", (name) => {
    const read = (value: string) => () => readConfig({ ...good, [name]: value });
    const arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0";
    for (const id of ["us.amazon.nova-2-lite-v1:0", arn, "ollama/hf.co/a/Qwen_3-GGUF:Q4_K_M"]) {
      expect(read(id)).not.toThrow();
    }
    for (const id of [
      " ",
      "us.amazon.nova-2-lite-v1:0 ",
      '"us.amazon"',
      "us.amazon\n",
      "a".repeat(2049),
    ]) {
      expect(read(id)).toThrow(`${name} must be a model id`);
    }
  });

  it("BEDROCK_MODEL_CHOICES takes up to twenty model ids, each once", () => {
    const read = (value?: string) => readConfig({ ...good, BEDROCK_MODEL_CHOICES: value });
    expect(read().otherModelIds).toEqual([]);
    expect(read("us.one,us.two,us.one").otherModelIds).toEqual(["us.one", "us.two"]);
    const many = Array.from({ length: 21 }, (_, index) => `us.model-${index}`);
    expect(read(many.slice(1).join()).otherModelIds).toHaveLength(20);
    for (const value of ["us.one, us.two", "us.one,", ",", many.join()]) {
      expect(() => read(value)).toThrow("BEDROCK_MODEL_CHOICES must be at most 20 model ids");
    }
  });

  it("refuses an unknown variable that looks like a setting", () => {
    const read = () => readConfig({ ...good, CHAT_REQUEST_PER_MINUTE: "20", PATH: "/bin" });
    expect(read).toThrow(/CHAT_REQUEST_PER_MINUTE is not a setting/);
    expect(read).not.toThrow(/PATH/);
  });

  it.each([
    "chat.example.com",
    "https://chat.example.com/",
    "https://chat.example.com/page",
    "HTTPS://chat.example.com",
    "data:,",
  ])("refuses %s as the page's origin", (origin) => {
    expect(() => readConfig({ ...good, PUBLIC_ORIGIN: origin })).toThrow(
      /PUBLIC_ORIGIN must be an origin/,
    );
  });

  it.each(["0", "100001", "32k", "1e3", "-1", "32000.5"])(
    "refuses %s as the message limit",
    (limit) => {
      const read = () => readConfig({ ...good, MESSAGE_LIMIT: limit });
      expect(read).toThrow(/MESSAGE_LIMIT must be a whole number from 1 to 100000/);
    },
  );

  it("has no temperature by default and refuses values outside 0 to 1", () => {
    expect(readConfig(good).temperature).toBeUndefined();
    for (const value of ["0", "0.25", "1", "1.0"]) {
      expect(readConfig({ ...good, BEDROCK_TEMPERATURE: value }).temperature).toBe(Number(value));
    }
    for (const value of ["1.1", "-0", "-1", "1e-1", "0,5", "hot", " 0", "NaN", ""]) {
      const read = () => readConfig({ ...good, BEDROCK_TEMPERATURE: value });
      expect(read, value).toThrow(/BEDROCK_TEMPERATURE (must be a number from 0 to 1|is empty)/);
    }
  });

  it("refuses a local endpoint that is not on this machine", () => {
    const read = () => readConfig({ ...good, LOCAL_NEON_ENDPOINT: "http://db.example/sql" });
    expect(read).toThrow(/LOCAL_NEON_ENDPOINT must be a loopback address/);
  });
});
