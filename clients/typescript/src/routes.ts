import type { paths } from "./schema.ts";

type Method = "get" | "post" | "put" | "patch" | "delete";

/** A method and a path of the API: "GET /api/v1/usage". */
export type Route = {
  [Path in keyof paths]: {
    [Name in Method]: paths[Path][Name] extends { responses: object }
      ? `${Uppercase<Name>} ${Path}`
      : never;
  }[Method];
}[keyof paths];

type Operation<R extends Route> = R extends `${infer Name} ${infer Path extends keyof paths}`
  ? paths[Path][Lowercase<Name> & Method]
  : never;

type Parameters<R extends Route> = Operation<R> extends { parameters: infer P } ? P : never;

type Json<Content> = Content extends { content: { "application/json": infer Body } } ? Body : never;

/** `{ name: Value }`, optional where the API allows to leave it out, and absent where there is nothing to send. */
type Field<Name extends string, Value> = [Value] extends [never]
  ? { [N in Name]?: never }
  : undefined extends Value
    ? { [N in Name]?: Value }
    : { [N in Name]: Value };

/** What a request to a route takes. */
export type RequestOf<R extends Route> = Field<
  "path",
  Parameters<R> extends { path: infer P } ? P : never
> &
  Field<
    "query",
    Parameters<R> extends { query: infer Q }
      ? Q
      : Parameters<R> extends { query?: infer Q }
        ? Exclude<Q, undefined> extends never
          ? never
          : Q | undefined
        : never
  > &
  Field<"body", Operation<R> extends { requestBody: infer B } ? Json<B> : never>;

/** The body of a success. `undefined` after a 204. */
export type ResponseOf<R extends Route> =
  Operation<R> extends { responses: infer All }
    ? All extends { 200: infer Ok }
      ? Json<Ok>
      : All extends { 201: infer Created }
        ? Json<Created>
        : undefined
    : never;
