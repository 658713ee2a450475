import { describe, expect, it } from "vitest";
import type { McpServer } from "#lib/platform/mcp-servers.ts";
import type { ListedTool } from "./list-tools.ts";
import { maxTools, offerTools } from "./offered-tools.ts";

const serverOf = (changes: Partial<McpServer> = {}): McpServer => ({
  ...{ name: "far", url: "https://example.com/mcp", headers: {}, allow: ["*"], reads: [] },
  ...changes,
});
const toolOf = (name: string, changes: Partial<ListedTool> = {}): ListedTool => ({
  ...{ name, description: "Looks.", inputSchema: { type: "object" }, ...changes },
});
function offer(tools: ListedTool[], changes: Partial<McpServer> = {}, reserved: string[] = []) {
  const list = { tools, freshMs: 1, prior: { kind: "legacy" } } as const;
  return offerTools([{ server: serverOf(changes), list }], new Set(reserved));
}
const namesOf = (...args: Parameters<typeof offer>) =>
  offer(...args).offered.map(({ name }) => name);

describe("a tool's name", () => {
  it.each([
    ["look", "far_look"],
    ["lookAround", "far_look_around"],
    ["look-around", "far_look_around"],
    ["look.around/now", "far_look_around_now"],
    ["HTTP", "far_http"],
    ["Größe", "far_gr_e"],
    ["查询", "far_tool"],
    ["<script>", "far_script"],
  ])("%s becomes %s", (name, expected) => {
    expect(namesOf([toolOf(name)])).toEqual([expected]);
  });

  it("has at most 64 characters, and stays unique", () => {
    const long = "x".repeat(100);
    const names = namesOf([toolOf(`${long}a`), toolOf(`${long}b`)]);
    expect(new Set(names).size).toBe(2);
    expect(names.every((name) => /^[a-z0-9_]{1,64}$/.test(name))).toBe(true);
  });

  it("is never that of another tool", () => {
    const tools = [toolOf("getUser"), toolOf("get_user"), toolOf("get-user"), toolOf("look")];
    const names = namesOf(tools);
    expect(new Set(names).size).toBe(4);
    expect(names).toContain("far_look");
    expect(names).not.toContain("far_get_user");
    // The same whatever else the server has.
    expect(names).toEqual(namesOf([...tools, toolOf("zoom")]).slice(0, 4));
  });

  it("is never that of a tool of this system", () => {
    const [name] = namesOf([toolOf("query")], { name: "sql" }, ["sql_query"]);
    expect(name).toMatch(/^sql_query_[0-9a-f]{8}$/);
  });
});

it("a tool that a server lists twice is offered once", () => {
  const tools = [toolOf("look", { description: "First." }), toolOf("look")];
  expect(offer(tools).offered.map(({ description }) => description)).toEqual([
    "From the server far: First.",
  ]);
});

it("only the allowed tools are offered, and only the named ones read", () => {
  const tools = ["get_a", "get_b", "set_a"].map((name) => toolOf(name));
  const { offered, leftOut } = offer(tools, { allow: ["get_*"], reads: ["*_a"] });
  expect(offered.map(({ name, onlyReads }) => [name, onlyReads])).toEqual([
    ["far_get_a", true],
    ["far_get_b", false],
  ]);
  expect(leftOut).toBe(0);
});

describe("the tools of a deployment", () => {
  it("are 40 at most, and those that are left out are counted", () => {
    const tools = Array.from({ length: 500 }, (_, index) => toolOf(`tool_${index}`));
    const { offered, leftOut } = offer(tools);
    expect([offered.length, leftOut]).toEqual([maxTools, 460]);
  });

  it("have schemas and descriptions of 32 KB at most", () => {
    const description = "x".repeat(10_000);
    const properties = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`p${index}`, { type: "string", description }]),
    );
    const tools = Array.from({ length: 30 }, (_, index) =>
      toolOf(`tool_${index}`, { description, inputSchema: { type: "object", properties } }),
    );
    const { offered } = offer(tools);
    const bytes = offered.reduce(
      (sum, one) => sum + Buffer.byteLength(one.description + JSON.stringify(one.inputJsonSchema)),
      0,
    );
    expect(offered.length).toBeGreaterThan(2);
    expect(bytes).toBeLessThanOrEqual(32 * 1024);
  });

  it("do not include one that no model can call", () => {
    const inputSchema = { type: "object" as const, properties: { "a b": {} }, required: ["a b"] };
    expect(offer([toolOf("bad", { inputSchema }), toolOf("good")])).toMatchObject({
      offered: [{ name: "far_good" }],
      leftOut: 1,
    });
  });
});

it("a description names its server, and is cut after 1 KB", () => {
  const [plain, long, empty] = offer([
    toolOf("a", { title: "Look", description: "Looks\u0000 \u001b[31mfar." }),
    toolOf("b", { description: "ü".repeat(2_000) }),
    toolOf("c", { description: " " }),
  ]).offered.map(({ description }) => description);
  expect(plain).toBe("From the server far: Look. Looks [31mfar.");
  expect(Buffer.byteLength(long ?? "")).toBeLessThanOrEqual(1_024);
  expect(long).toMatch(/^From the server far: ü+…$/);
  expect(empty).toBe("From the server far: c");
});
