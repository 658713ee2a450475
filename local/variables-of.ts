type Environment = Record<string, string | undefined>;

/** The names of all variables that a reader of the environment looks at, seen by watching it read. */
export function variablesOf(read: (environment: Environment) => unknown): string[] {
  const names = new Set<string>();
  const watched = new Proxy<Environment>(
    {},
    {
      get(_environment, name) {
        names.add(String(name));
        return undefined;
      },
    },
  );
  try {
    read(watched);
  } catch {
    // What is required is missing; by then every name has been read.
  }
  return [...names];
}
