import type { Route } from "#local/deployment.ts";

export interface Match {
  route: Route;
  /** Decoded parameters, or null if the path has none, as in the event. */
  pathParameters: Record<string, string> | null;
}

/** Returns the route of a request. Literal segments win over parameters; one trailing slash is ignored. */
export function matchRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): Match | undefined {
  const segments = split(path.replace(/(.)\/$/, "$1"));
  const matches = routes.flatMap((route) => {
    const pathParameters = route.method === method && pathParametersOf(split(route.path), segments);
    return pathParameters ? [{ route, pathParameters }] : [];
  });
  const match = matches.find(({ pathParameters }) => isEmpty(pathParameters)) ?? matches[0];
  return match && isEmpty(match.pathParameters) ? { ...match, pathParameters: null } : match;
}

const split = (path: string) => path.split("/").slice(1);
const isEmpty = (values: object) => Object.keys(values).length === 0;

function pathParametersOf(
  pattern: string[],
  segments: string[],
): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? "";
    const name = /^\{(.+)\}$/.exec(expected)?.[1];
    if (name !== undefined && segment !== "") parameters[name] = decode(segment);
    else if (segment !== expected) return undefined;
  }
  return parameters;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    // Passes an invalid escape on unchanged. The function refuses the id.
    if (error instanceof URIError) return segment;
    throw error;
  }
}
