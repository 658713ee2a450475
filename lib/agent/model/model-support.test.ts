import { expect, it } from "vitest";
import { acceptsTemperature, cachePointsOf } from "./model-support.ts";

it.each([
  "us.amazon.nova-2-lite-v1:0",
  "demo-model",
  "ollama/llama3.1:8b",
  "us.meta.llama4-scout-17b-instruct-v1:0",
  "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
  "anthropic.claude-3-haiku-20240307-v1:0",
  "us.anthropic.claude-sonnet-4-20250514-v1:0",
  "us.anthropic.claude-opus-4-20250514-v1:0",
  "us.anthropic.claude-opus-4-1-20250805-v1:0",
  "global.anthropic.claude-opus-4-5-20251101-v1:0",
  "us.anthropic.claude-opus-4-6-v1",
  "eu.anthropic.claude-sonnet-4-6",
  "us.anthropic.claude-haiku-4-5-20251001-v1:0",
])("%s accepts a temperature", (modelId) => {
  expect(acceptsTemperature(modelId)).toBe(true);
});

it.each([
  "us.anthropic.claude-opus-4-7",
  "us.anthropic.claude-opus-4-8",
  "global.anthropic.claude-opus-4-10-20260901-v1:0",
  "us.anthropic.claude-opus-5",
  "us.anthropic.claude-sonnet-5",
  "us.anthropic.claude-sonnet-5-20260801-v1:0",
  "us.anthropic.claude-haiku-5-1",
  "us.anthropic.claude-fable-5",
  "us.anthropic.claude-mythos-preview",
  "us.anthropic.something-new",
  "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-4-7",
])("%s refuses a temperature", (modelId) => {
  expect(acceptsTemperature(modelId)).toBe(false);
});

it.each([
  ["us.amazon.nova-2-lite-v1:0", "not in tools"],
  ["us.amazon.nova-micro-v1:0", "not in tools"],
  ["us.anthropic.claude-haiku-4-5-20251001-v1:0", "everywhere"],
  ["us.anthropic.claude-3-7-sonnet-20250219-v1:0", "everywhere"],
  ["arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-5", "everywhere"],
  ["us.anthropic.claude-3-5-haiku-20241022-v1:0", "everywhere"],
  ["anthropic.claude-3-haiku-20240307-v1:0", "nowhere"],
  ["us.anthropic.claude-3-5-sonnet-20240620-v1:0", "nowhere"],
  ["anthropic.claude-instant-v1", "nowhere"],
  ["us.meta.llama4-scout-17b-instruct-v1:0", "nowhere"],
  ["demo-model", "nowhere"],
])("%s accepts cache points %s", (modelId, places) => {
  expect(cachePointsOf(modelId)).toBe(places);
});
