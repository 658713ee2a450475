import { answerChecks } from "./check-answer.ts";
import { chatChecks, cleanUpCheck } from "./check-chat.ts";
import { deviceChecks, meDeleteCheck } from "./check-devices.ts";
import { documentChecks } from "./check-documents.ts";
import { keyChecks } from "./check-keys.ts";
import { limitChecks } from "./check-limit.ts";
import { apiChecks, functionUrlChecks } from "./check-programs.ts";
import { logoutCheck, sessionChecks } from "./check-session.ts";
import { settingsChecks } from "./check-settings.ts";
import { sharingChecks } from "./check-sharing.ts";
import { siteChecks } from "./check-site.ts";
import { sqlQueryChecks } from "./check-sql-query.ts";
import { unattendedChecks } from "./check-unattended.ts";
import { webSearchChecks } from "./check-web-search.ts";
import { type Result, runChecks } from "./run-checks.ts";
import { VerifyClient } from "./verify-client.ts";

export interface VerifyOptions {
  /** Address of the page. */
  url: string;
  functionUrl?: string | undefined;
  apiUrl?: string | undefined;
  /** The version that `/health` must report. */
  version?: string | undefined;
  /** Whether each offered model must answer a message, which costs money. */
  allModels?: boolean | undefined;
  password: string;
  onResult?: (result: Result) => void;
}

/** Checks a running system from outside, and deletes what it has created. Takes about three minutes. */
export async function verify(options: VerifyOptions): Promise<Result[]> {
  const { url, functionUrl, apiUrl, version, password, onResult = () => {} } = options;
  const imported = { id: "" };
  const client = new VerifyClient(url);
  return await runChecks(
    [
      ...siteChecks(url, version),
      ...sessionChecks(client, password),
      ...sharingChecks(client, imported),
      ...settingsChecks(client, imported, options.allModels ?? false),
      ...deviceChecks(client),
      ...chatChecks(client, password),
      ...answerChecks(client),
      ...unattendedChecks(client),
      ...webSearchChecks(client),
      ...sqlQueryChecks(client),
      ...documentChecks(client),
      ...(apiUrl === undefined ? [] : apiChecks(apiUrl)),
      ...(functionUrl === undefined
        ? []
        : [...functionUrlChecks(functionUrl, client, password), ...keyChecks(functionUrl, client)]),
      ...limitChecks(client),
      cleanUpCheck(client),
      meDeleteCheck(url, password),
      logoutCheck(client),
    ],
    onResult,
  );
}
