/** Who is told of alarms and of the bill: nobody, unless the stage has the parameter alarmEmail. */
module.exports = async function toldByEmail({ resolveVariable }) {
  const address = await resolveVariable("param:alarmEmail");
  if (address === "") return { Resources: {} };
  const Subscribers = [{ SubscriptionType: "EMAIL", Address: address }];
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
            BudgetName: await resolveVariable("self:custom.metricsService"),
            BudgetType: "COST",
            TimeUnit: "MONTHLY",
            BudgetLimit: { Amount: await resolveVariable("param:monthlyBudgetUsd"), Unit: "USD" },
          },
          NotificationsWithSubscribers: [
            { Notification: above(80, "ACTUAL"), Subscribers },
            { Notification: above(100, "FORECASTED"), Subscribers },
          ],
        },
      },
    },
  };
};

const above = (Threshold, NotificationType) => ({
  NotificationType,
  ComparisonOperator: "GREATER_THAN",
  Threshold,
  ThresholdType: "PERCENTAGE",
});
