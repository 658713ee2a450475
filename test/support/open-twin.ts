import { rmSync } from "node:fs";
import { afterAll } from "vitest";
import { startTwin, type TwinOptions } from "#local/twin.ts";
import { ChatClient } from "./chat-client.ts";
import { copyPreparedTwin, newDataDirectory, optionsOfTests } from "./twin-options.ts";

/**
 * Starts a twin for the tests of one file, with its own data, and stops the twin after the last test.
 * @returns the twin, a function that logs a new client in, and the options that start the twin again on its data
 */
export async function openTwin(changes: Partial<TwinOptions> = {}) {
  const dataDirectory = newDataDirectory();
  afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }));
  copyPreparedTwin(dataDirectory);
  const environment = { ...optionsOfTests.environment, ...changes.environment };
  const options: TwinOptions = { ...optionsOfTests, dataDirectory, ...changes, environment };
  const twin = await startTwin(options);
  afterAll(() => twin.stop());
  return {
    twin,
    options,
    async logIn(): Promise<ChatClient> {
      const client = new ChatClient(twin.url);
      await client.login(twin.password);
      return client;
    },
  };
}
