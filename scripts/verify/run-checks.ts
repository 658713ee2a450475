/** One property of a running system, and how to check it. */
export interface Check {
  name: string;
  /** If an essential check fails, the following checks are not tried. */
  essential?: boolean;
  /** Returns what it saw, in a few words. @throws Error with the expected and the actual result */
  run(): Promise<string>;
}

export interface Result {
  name: string;
  passed: boolean;
  seen: string;
  durationMs: number;
}

/** Runs the checks in order, because some depend on earlier ones. Only an essential failure skips the rest. */
export async function runChecks(
  checks: readonly Check[],
  onResult: (result: Result) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  let skipReason: string | undefined;
  for (const { name, essential, run } of checks) {
    const startedAt = performance.now();
    const { passed, seen } =
      skipReason === undefined
        ? await outcomeOf(run)
        : { passed: false, seen: `not tried: ${skipReason}` };
    if (essential && !passed) skipReason ??= `${name} failed`;
    const result = { name, passed, seen, durationMs: Math.round(performance.now() - startedAt) };
    results.push(result);
    onResult(result);
  }
  return results;
}

/** `ok    350 ms  health: database 4 ms` */
export function describeResult({ name, passed, seen, durationMs }: Result): string {
  return `${passed ? "ok  " : "FAIL"} ${String(durationMs).padStart(6)} ms  ${name}: ${seen}`;
}

/** @throws Error with this text unless the condition holds */
export function expectThat(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

export function expectStatus(response: Response, status: number): void {
  expectThat(response.status === status, `expected status ${status}, got ${response.status}`);
}

export function expectHeader(response: Response, name: string, wanted: RegExp): void {
  const value = response.headers.get(name);
  expectThat(
    value !== null && wanted.test(value),
    `header ${name} is ${value === null ? "missing" : `"${value}"`}, expected ${wanted.source}`,
  );
}

async function outcomeOf(run: () => Promise<string>) {
  try {
    return { passed: true, seen: await run() };
  } catch (error) {
    return { passed: false, seen: describeError(error) };
  }
}

/** The cause has the reason why `fetch` failed: "fetch failed: ECONNREFUSED". */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  if (!(cause instanceof Error)) return message;
  return `${message}: ${"code" in cause ? String(cause.code) : cause.message}`;
}
