/** One promise of the system, and how to see whether it holds. */
export interface Check {
  name: string;
  /** Without it the checks that follow would only fail one by one: they are not tried. */
  essential?: boolean;
  /** What was seen, in a few words. @throws Error that says what was expected and what came */
  run(): Promise<string>;
}

export interface Result {
  name: string;
  passed: boolean;
  seen: string;
  durationMs: number;
}

/** One after the other, for some build on what others have done; only an essential one stops the rest. */
export async function runChecks(
  checks: readonly Check[],
  onResult: (result: Result) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  let missing: string | undefined;
  for (const { name, essential, run } of checks) {
    const startedAt = performance.now();
    const { passed, seen } =
      missing === undefined
        ? await outcomeOf(run)
        : { passed: false, seen: `not tried: ${missing}` };
    if (essential && !passed) missing ??= `${name} failed`;
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

/** Fails the check that asks, in words for whoever reads the report. */
export function expectThat(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
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

/** What failed below `fetch` stands in the cause: "fetch failed: ECONNREFUSED". */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  if (!(cause instanceof Error)) return message;
  return `${message}: ${"code" in cause ? String(cause.code) : cause.message}`;
}
