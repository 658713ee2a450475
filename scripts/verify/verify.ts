import { chatChecks, cleanUpCheck } from "./check-chat.ts";
import { apiChecks, functionUrlChecks } from "./check-doors.ts";
import { limitChecks } from "./check-limit.ts";
import { logoutCheck, sessionChecks } from "./check-session.ts";
import { siteChecks } from "./check-site.ts";
import { type Result, runChecks } from "./report.ts";
import { Visitor } from "./visitor.ts";

export interface VerifyOptions {
  /** Of the page. */
  url: string;
  functionUrl?: string | undefined;
  apiUrl?: string | undefined;
  /** What `/health` has to say that it is. */
  version?: string | undefined;
  password: string;
  onResult?: (result: Result) => void;
}

/** Everything that a running system can be asked from outside, as a visitor who cleans up afterwards. About two minutes. */
export async function verify(options: VerifyOptions): Promise<Result[]> {
  const { url, functionUrl, apiUrl, version, password, onResult = () => {} } = options;
  const visitor = new Visitor(url);
  return await runChecks(
    [
      ...siteChecks(url, version),
      ...sessionChecks(visitor, password),
      ...chatChecks(visitor, password),
      ...(apiUrl === undefined ? [] : apiChecks(apiUrl)),
      ...(functionUrl === undefined ? [] : functionUrlChecks(functionUrl, visitor, password)),
      ...limitChecks(visitor),
      cleanUpCheck(visitor),
      logoutCheck(visitor),
    ],
    onResult,
  );
}
