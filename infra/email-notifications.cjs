const { createHash } = require("node:crypto");

/** Sends alarms and a monthly budget to the address in the parameter alarmEmail. Without it returns no resources. */
module.exports = async function emailNotifications({ resolveVariable }) {
  const address = await resolveVariable("param:alarmEmail");
  if (address === "") return { Resources: {} };
  const limit = await resolveVariable("param:monthlyBudgetUsd");
  // CloudFormation would refuse both only after it has created everything else.
  if (!/^[^\s@]+@[^\s@]+$/.test(address)) {
    throw new Error(`alarmEmail is not an address: ${address}`);
  }
  if (!(Number(limit) > 0)) throw new Error(`monthlyBudgetUsd is not an amount: ${limit}`);
  const Subscribers = [{ SubscriptionType: "EMAIL", Address: address }];
  const notifications = [
    { Notification: above(80, "ACTUAL"), Subscribers },
    { Notification: above(100, "FORECASTED"), Subscribers },
  ];
  return {
    Resources: {
      AlarmSubscription: {
        Type: "AWS::SNS::Subscription",
        Properties: { TopicArn: { Ref: "AlarmTopic" }, Protocol: "email", Endpoint: address },
      },
      // The budget of the whole account. A budget of one stage needs a cost allocation tag, which is activated by hand.
      MonthlyBudget: {
        Type: "AWS::Budgets::Budget",
        Properties: {
          Budget: {
            // CloudFormation replaces the budget when the notifications change, and the new budget needs another name.
            BudgetName: `${await resolveVariable("self:custom.metricsService")}-${fingerprint(notifications)}`,
            BudgetType: "COST",
            TimeUnit: "MONTHLY",
            BudgetLimit: { Amount: limit, Unit: "USD" },
          },
          NotificationsWithSubscribers: notifications,
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
