// The whole twin of a build: its page, front door, gateway and functions. Arguments: the build's folder and a data folder.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { modelId } from "#bench/workload.ts";
import type { TwinOptions } from "#local/twin.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { answerCalls } from "./calls.ts";

const [root = "", dataDirectory = ""] = process.argv.slice(2);
const password = "bench";
const options: TwinOptions = {
  port: 0,
  dataDirectory,
  modelProvider: "demo",
  password,
  // The page's requests must not meet the limit of one address.
  viewerAddress: manyAddresses(),
  environment: {
    LOCAL_BEDROCK_ENDPOINT: process.env.LOCAL_BEDROCK_ENDPOINT ?? "",
    BEDROCK_MODEL_ID: modelId,
    BUDGET_OWNER_DAY_USD: "1000",
    BUDGET_SITE_DAY_USD: "1000",
    BUDGET_SITE_MONTH_USD: "1000",
  },
};
const { startTwin } = await import(pathToFileURL(join(root, "local/twin.ts")).href);
const twin = await startTwin(options);

answerCalls({
  origin: () => ({ url: twin.url, password }),
  close: () => twin.stop(),
});
