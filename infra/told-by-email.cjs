const { createHash } = require("node:crypto");

/** Who is told of alarms and of the bill: nobody, unless the stage has the parameter alarmEmail. */
module.exports = async function toldByEmail({ resolveVariable }) {
  const address = await resolveVariable("param:alarmEmail");
  if (address === "") return { Resources: {} };
  const limit = await resolveVariable("param:monthlyBudgetUsd");
  // Both would fail half-way, after everything else was made.
  if (!/^[^\s@]+@[^\s@]+$/.test(address)) throw new Error(`alarmEmail is no address: ${address}`);
  if (!(Number(limit) > 0)) throw new Error(`monthlyBudgetUsd is no amount: ${limit}`);
  const Subscribers = [{ SubscriptionType: "EMAIL", Address: address }];
  const told = [
    { Notification: above(80, "ACTUAL"), Subscribers },
    { Notification: above(100, "FORECASTED"), Subscribers },
  ];
  return {
    Resources: {
      AlarmSubscription: {
        Type: "AWS::SNS::Subscription",
        Properties: { TopicArn: { Ref: "AlarmTopic" }, Protocol: "email", Endpoint: address },
      },
      // Of the whole account: a budget of one stage would need a cost allocation tag, which somebody has to activate by hand.
      MonthlyBudget: {
        Type: "AWS::Budgets::Budget",
        Properties: {
          Budget: {
            // CloudFormation replaces a budget when others are told, and two may not have one name.
            BudgetName: `${await resolveVariable("self:custom.metricsService")}-${fingerprint(told)}`,
            BudgetType: "COST",
            TimeUnit: "MONTHLY",
            BudgetLimit: { Amount: limit, Unit: "USD" },
          },
          NotificationsWithSubscribers: told,
        },
      },
    },
  };
};

const fingerprint = (value) =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 8);

const above = (Threshold, NotificationType) => ({
  NotificationType,
  ComparisonOperator: "GREATER_THAN",
  Threshold,
  ThresholdType: "PERCENTAGE",
});
