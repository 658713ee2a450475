import { OperatorReport, OperatorSession } from "#lib/contract/operator.ts";
import { requestJson, requestNoContent } from "../api/request.ts";

export type Days = 1 | 7 | 30;

// Each function calls one endpoint. It throws an `ApiProblem`, or the signal's reason if the caller aborts the signal.

export async function signInAsOperator(password: string): Promise<void> {
  await requestJson("/api/operator/login", OperatorSession, { method: "POST", body: { password } });
}

export async function signOutAsOperator(): Promise<void> {
  await requestNoContent("/api/operator/logout", { method: "POST" });
}

export const getReport = (days: Days, signal?: AbortSignal): Promise<OperatorReport> =>
  requestJson(`/api/v1/operator/report?days=${days}`, OperatorReport, signal ? { signal } : {});
