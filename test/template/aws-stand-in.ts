import type { IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { listen } from "#local/http/listen.ts";
import { account } from "./deployment-calls.ts";
import type { Call } from "./iam.ts";

interface Options {
  secretsExist: boolean;
  concurrencyLimit: number;
  /** A call that is not allowed gets a 403, as from AWS. */
  isAllowed?: (call: Call) => boolean;
}

/** Starts a stand-in for the AWS APIs that `sls deploy`, `sls rollback` and `sls remove` call. Has one account and one stack. */
export async function startAwsStandIn({
  secretsExist,
  concurrencyLimit,
  isAllowed = () => true,
}: Options) {
  const calls: Call[] = [];
  const refused: Call[] = [];
  /** CloudFormation's operations, newest last. */
  const operations: { name: string; form: URLSearchParams }[] = [];
  const keys = new Set<string>();
  const state = { hasStack: false, events: 0 };

  const server = await listen(async (request, response) => {
    const body = await buffer(request);
    const parsed = parseRequest(request, body);
    const { call } = parsed;
    calls.push(call);
    if (!isAllowed(call)) {
      refused.push(call);
      const denied = `${call.action} is not allowed`;
      response.writeHead(403, { "content-type": "text/xml" });
      response.end(
        parsed.service === "s3" || parsed.form
          ? `<ErrorResponse><Error><Code>AccessDenied</Code><Message>${denied}</Message></Error></ErrorResponse>`
          : `{"__type":"AccessDeniedException","message":"${denied}"}`,
      );
      return;
    }
    const [status, text] = respond(parsed);
    response.writeHead(status, { "x-amz-bucket-region": "us-east-1" }).end(text);
  });

  function respond({ call, service, form, path, method, url }: AwsRequest): [number, string] {
    const [, name = ""] = call.action.split(":");
    if (service === "sts") {
      return result("GetCallerIdentity", `<Account>${account}</Account><Arn>arn:x</Arn>`);
    }
    if (service === "cloudformation" && form) return cloudFormation(name, form);
    if (service === "secretsmanager") {
      return secretsExist ? [200, '{"Name":"x"}'] : [400, '{"__type":"ResourceNotFoundException"}'];
    }
    if (call.action === "lambda:GetAccountSettings") {
      return [200, `{"AccountLimit":{"ConcurrentExecutions":${concurrencyLimit}}}`];
    }
    if (service === "s3") {
      if (method === "PUT") keys.add(path.split("/").slice(2).join("/"));
      if (method === "GET" && url.searchParams.has("list-type")) {
        const contents = [...keys]
          .sort()
          .map((key) => `<Contents><Key>${key}</Key></Contents>`)
          .join("");
        return [200, `<ListBucketResult>${contents}</ListBucketResult>`];
      }
      return [200, method === "GET" ? "{}" : method === "POST" ? "<DeleteResult/>" : ""];
    }
    if (service === "apigateway") {
      return [200, '{"id":"c3","name":"one","value":"the key itself","items":[],"item":[]}'];
    }
    return [200, "{}"];
  }

  function cloudFormation(name: string, form: URLSearchParams): [number, string] {
    const stack = nameOfStack(form);
    const stackId = `<StackId>${arnOfStack(stack)}</StackId>`;
    if (/^(Create|Update|Delete)Stack$/.test(name)) {
      operations.push({ name, form });
      state.hasStack = name !== "DeleteStack";
      state.events += 1;
      return result(name, stackId);
    }
    if (name === "DescribeStackEvents") {
      const operation = operations.at(-1)?.name.replace("Stack", "").toUpperCase();
      const event = (status: string) =>
        `<member><EventId>${state.events}${status}</EventId><StackName>${stack}</StackName><LogicalResourceId>${stack}</LogicalResourceId><ResourceType>AWS::CloudFormation::Stack</ResourceType><ResourceStatus>${operation}_${status}</ResourceStatus></member>`;
      return result(name, `<StackEvents>${event("COMPLETE")}${event("IN_PROGRESS")}</StackEvents>`);
    }
    if (name === "DescribeStackResource") {
      const id = form.get("LogicalResourceId") ?? "";
      const physical = id === "ServerlessDeploymentBucket" ? bucketOf(stack) : "a1";
      return result(
        name,
        `<StackResourceDetail><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${physical}</PhysicalResourceId></StackResourceDetail>`,
      );
    }
    if (name === "DescribeStackResources") {
      return result(
        name,
        "<StackResources><member><ResourceType>AWS::ApiGateway::ApiKey</ResourceType><PhysicalResourceId>c3</PhysicalResourceId></member></StackResources>",
      );
    }
    if (name === "DescribeStacks" && !state.hasStack) {
      return [
        400,
        `<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id ${stack} does not exist</Message></Error></ErrorResponse>`,
      ];
    }
    return result(
      name,
      `<Stacks><member><StackName>${stack}</StackName><StackStatus>CREATE_COMPLETE</StackStatus></member></Stacks>`,
    );
  }

  return { address: server.address, calls, refused, operations, keys, close: () => server.close() };
}

interface AwsRequest {
  service: string;
  call: Call;
  method: string;
  path: string;
  url: URL;
  /** Parameters of the query protocol, which CloudFormation and STS use. */
  form: URLSearchParams | undefined;
}

/** Returns the IAM action and resource of a request. */
function parseRequest(request: IncomingMessage, body: Buffer): AwsRequest {
  const { method = "GET" } = request;
  const url = new URL(request.url ?? "/", "http://aws");
  const path = decodeURIComponent(url.pathname);
  const scope = /Credential=[^/]+\/\d+\/[\w-]+\/([\w-]+)\//.exec(
    request.headers.authorization ?? "",
  );
  const service = scope?.[1] ?? "";
  const parsed = { service, method, path, url, form: undefined };
  const operation =
    String(request.headers["x-amz-target"] ?? "")
      .split(".")
      .at(-1) ?? "";
  if (service === "cloudformation" || service === "sts") {
    const form = new URLSearchParams(String(body));
    const action = `${service}:${form.get("Action")}`;
    const resource = form.has("StackName") ? arnOfStack(nameOfStack(form)) : "*";
    return { ...parsed, form, call: { action, resource } };
  }
  if (service === "s3") {
    const [, bucket, ...rest] = path.split("/");
    const key = rest.join("/");
    return {
      ...parsed,
      call: {
        action: s3Action(method, key, url),
        resource: `arn:aws:s3:::${bucket}${key && `/${key}`}`,
      },
    };
  }
  if (service === "lambda") {
    const [, name] = /functions\/([\w-]+)$/.exec(path) ?? [];
    if (name === undefined) {
      return { ...parsed, call: { action: "lambda:GetAccountSettings", resource: "*" } };
    }
    const resource = `arn:aws:lambda:us-east-1:${account}:function:${name}`;
    return { ...parsed, call: { action: "lambda:GetFunction", resource } };
  }
  if (service === "apigateway") {
    const resource = `arn:aws:apigateway:us-east-1::${path}`;
    return { ...parsed, call: { action: `apigateway:${method}`, resource } };
  }
  if (service === "secretsmanager") {
    const { SecretId } = JSON.parse(String(body));
    const resource = `arn:aws:secretsmanager:us-east-1:${account}:secret:${SecretId}-AbCdEf`;
    return { ...parsed, call: { action: `secretsmanager:${operation}`, resource } };
  }
  return { ...parsed, call: { action: `${service}:${operation}`, resource: "*" } };
}

function s3Action(method: string, key: string, url: URL): string {
  if (url.searchParams.has("delete")) return "s3:DeleteObject";
  if (key === "") return "s3:ListBucket";
  return method === "PUT" ? "s3:PutObject" : "s3:GetObject";
}

const result = (name: string, content: string): [number, string] => [
  200,
  `<${name}Response><${name}Result>${content}</${name}Result></${name}Response>`,
];

const arnOfStack = (name: string) =>
  `arn:aws:cloudformation:us-east-1:${account}:stack/${name}/0a1b`;
/** A request may name a stack by its ARN. */
const nameOfStack = (form: URLSearchParams) =>
  (form.get("StackName") ?? "").replace(/^arn:.*:stack\/(.*)\/.*/, "$1");
const bucketOf = (stack: string) => `${stack}-deployments-${account}`;
