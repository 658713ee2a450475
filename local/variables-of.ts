type Environment = Record<string, string | undefined>;

/** Returns the names of all environment variables that `read` reads, recorded by a proxy. */
export function variablesOf(read: (environment: Environment) => unknown): string[] {
  const names = new Set<string>();
  const recorder = new Proxy<Environment>(
    {},
    {
      get(_environment, name) {
        names.add(String(name));
        return undefined;
      },
    },
  );
  try {
    read(recorder);
  } catch {
    // `read` throws for missing variables, but only after it has read every name.
  }
  return [...names];
}
