import { at, listAt, textAt } from "#test/template/template.ts";
import { type Rules, unless } from "./rule.ts";

/** Rules for costs. */
export const costRules: Rules = {
  "the table costs nothing while idle, and its items expire": (template) => [
    ...unless(
      at(template.Resources.RateLimitTable, "Properties.BillingMode") === "PAY_PER_REQUEST",
      "capacity is paid for",
    ),
    ...unless(
      textAt(template.Resources.RateLimitTable, "Properties.TimeToLiveSpecification") ===
        '{"AttributeName":"expires_at","Enabled":true}',
      "items never expire",
    ),
  ],

  "only alarms cost money while idle": (template) =>
    Object.entries(template.Resources).flatMap(([id, { Type }]) =>
      unless(freeWhileIdle.includes(Type), `${id} is a ${Type}`),
    ),

  "budget and alarms notify somebody": (template) => {
    const budget = template.Resources.MonthlyBudget;
    return [
      ...unless(
        listAt(budget, "Properties.NotificationsWithSubscribers").length === 2,
        "no budget",
      ),
      ...unless(
        at(template.Resources.AlarmSubscription, "Properties.Endpoint") !== undefined,
        "alarms notify nobody",
      ),
    ];
  },
};

/** Alarms are the exception: ten are free, each further one is 0.10 USD a month. */
const freeWhileIdle = [
  "AWS::ApiGateway::ApiKey",
  "AWS::ApiGateway::Deployment",
  "AWS::ApiGateway::GatewayResponse",
  "AWS::ApiGateway::Method",
  "AWS::ApiGateway::Resource",
  "AWS::ApiGateway::RestApi",
  "AWS::ApiGateway::Stage",
  "AWS::ApiGateway::UsagePlan",
  "AWS::ApiGateway::UsagePlanKey",
  "AWS::Budgets::Budget",
  "AWS::CloudFront::CachePolicy",
  "AWS::CloudFront::Distribution",
  "AWS::CloudFront::Function",
  "AWS::CloudFront::OriginAccessControl",
  "AWS::CloudFront::OriginRequestPolicy",
  "AWS::CloudFront::ResponseHeadersPolicy",
  "AWS::CloudWatch::Alarm",
  "AWS::CloudWatch::Dashboard",
  "AWS::DynamoDB::Table",
  "AWS::Events::Rule",
  "AWS::IAM::Role",
  "AWS::Lambda::EventInvokeConfig",
  "AWS::Lambda::Function",
  "AWS::Lambda::Permission",
  "AWS::Lambda::Url",
  "AWS::Logs::LogGroup",
  "AWS::S3::Bucket",
  "AWS::S3::BucketPolicy",
  "AWS::SNS::Subscription",
  "AWS::SNS::Topic",
];
