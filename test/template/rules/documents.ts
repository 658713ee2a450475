import { corsRule } from "#local/s3/cors.ts";
import { notification } from "#local/s3/notifications.ts";
import { at, listAt, ofType, target, textAt } from "#test/template/template.ts";
import { type Rules, unless } from "./rule.ts";

/** Rules for the bucket of the documents. */
export const documentRules: Rules = {
  "the bucket of the documents is private, encrypted, and has the name that everything else uses": (
    template,
  ) => {
    const bucket = template.Resources.DocumentBucket;
    const block = Object.values(at(bucket, "Properties.PublicAccessBlockConfiguration") ?? {});
    const statements = listAt(
      template.Resources.DocumentBucketPolicy,
      "Properties.PolicyDocument.Statement",
    );
    const name = textAt(bucket, "Properties.BucketName.Fn::Sub");
    return [
      ...unless(
        block.length === 4 && block.every((value) => value === true),
        "documents can be made public",
      ),
      ...unless(
        textAt(bucket, "Properties.OwnershipControls.Rules") ===
          '[{"ObjectOwnership":"BucketOwnerEnforced"}]',
        "an uploader owns its objects",
      ),
      ...unless(
        at(
          bucket,
          "Properties.BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.SSEAlgorithm",
        ) === "AES256",
        "documents are not encrypted",
      ),
      ...unless(
        statements.length === 1 &&
          at(statements[0], "Effect") === "Deny" &&
          at(statements[0], "Principal") === "*" &&
          listAt(statements[0], "Resource").length === 2 &&
          textAt(statements[0], "Condition") === '{"Bool":{"aws:SecureTransport":"false"}}',
        "documents travel without TLS, or others may read them",
      ),
      ...unless(
        name === `enterprise-agentic-ai-prod-documents-\${AWS::AccountId}`,
        `the bucket of the documents is named ${name}`,
      ),
      ...ofType(template, "AWS::Lambda::Function").flatMap(([id, lambda]) =>
        unless(
          at(lambda, "Properties.Environment.Variables.DOCUMENT_BUCKET.Fn::Sub") === name,
          `${id} uses another bucket`,
        ),
      ),
      ...unless(
        at(bucket, "Properties.VersioningConfiguration") === undefined,
        "a deleted document stays as a version",
      ),
    ];
  },

  "only the page's scripts may use the bucket of the documents": (template) => {
    const rules = listAt(
      template.Resources.DocumentBucket,
      "Properties.CorsConfiguration.CorsRules",
    );
    const { AllowedOrigins, ...rule } = Object(rules[0]);
    return [
      ...unless(rules.length === 1, "the bucket has not exactly one CORS rule"),
      ...unless(
        JSON.stringify(AllowedOrigins) ===
          JSON.stringify([{ "Fn::Sub": `https://\${Distribution.DomainName}` }]),
        `scripts of ${JSON.stringify(AllowedOrigins)} may use the bucket`,
      ),
      ...unless(
        JSON.stringify(rule, Object.keys(corsRule)) === JSON.stringify(corsRule),
        "the bucket and the twin have different CORS rules",
      ),
    ];
  },

  "each upload starts document-ingest, and nothing else may call it": (template) => {
    const id = "DocumentDashingestLambdaFunction";
    const bucket = template.Resources.DocumentBucket;
    const configurations = listAt(
      bucket,
      "Properties.NotificationConfiguration.LambdaConfigurations",
    );
    const [configuration] = configurations;
    const permissions = ofType(template, "AWS::Lambda::Permission").filter(
      ([, { Properties }]) => target(Properties.FunctionName) === id,
    );
    const [[permissionId, permission] = []] = permissions;
    const settings = ofType(template, "AWS::Lambda::EventInvokeConfig").find(
      ([, { Properties }]) => target(Properties.FunctionName) === id,
    );
    const alarm = ofType(template, "AWS::CloudWatch::Alarm").find(
      ([, { Properties }]) =>
        Properties.MetricName === "AsyncEventsDropped" &&
        target(at(Properties, "Dimensions.0.Value")) === id,
    );
    return [
      ...unless(
        configurations.length === 1 &&
          at(configuration, "Event") === notification.event &&
          target(at(configuration, "Function")) === id &&
          textAt(template.Resources[id], "Properties.FunctionName").endsWith(
            `-${notification.functionName}`,
          ) &&
          textAt(configuration, "Filter.S3Key.Rules") ===
            JSON.stringify([{ Name: "prefix", Value: notification.prefix }]),
        "the bucket and the twin notify differently",
      ),
      ...unless(
        permissionId !== undefined && [at(bucket, "DependsOn")].flat().includes(permissionId),
        "the bucket does not wait for the permission to notify",
      ),
      ...unless(
        permissions.length === 1 &&
          at(permission, "Properties.Principal") === "s3.amazonaws.com" &&
          target(at(permission, "Properties.SourceAccount")) === "AWS::AccountId" &&
          textAt(permission, "Properties.SourceArn.Fn::Sub") ===
            `arn:\${AWS::Partition}:s3:::${textAt(bucket, "Properties.BucketName.Fn::Sub")}`,
        "not exactly the bucket may call document-ingest",
      ),
      ...unless(
        at(settings, "1.Properties.MaximumRetryAttempts") === 2 &&
          at(settings, "1.Properties.MaximumEventAgeInSeconds") === 21_600,
        "a failed reading is not repeated twice, or does not wait for six hours",
      ),
      ...unless(alarm !== undefined, "no alarm watches lost uploads"),
    ];
  },

  "document-sweep runs once a day, and has an alarm": (template) => {
    const id = "DocumentDashsweepLambdaFunction";
    const schedules = ofType(template, "AWS::Events::Rule").filter(
      ([, { Properties }]) => target(at(Properties, "Targets.0.Arn")) === id,
    );
    const [[, schedule] = []] = schedules;
    const alarm = ofType(template, "AWS::CloudWatch::Alarm").find(
      ([, { Properties }]) =>
        Properties.MetricName === "Errors" && target(at(Properties, "Dimensions.0.Value")) === id,
    );
    return [
      ...unless(
        schedules.length === 1 &&
          at(schedule, "Properties.ScheduleExpression") === "rate(1 day)" &&
          at(schedule, "Properties.State") === "ENABLED",
        "document-sweep does not run once a day",
      ),
      ...unless(alarm !== undefined, "no alarm watches a failed sweep"),
    ];
  },

  "what is left of uploads and of deleted documents expires": (template) => {
    const rules = listAt(
      template.Resources.DocumentBucket,
      "Properties.LifecycleConfiguration.Rules",
    ).filter((rule) => at(rule, "Status") === "Enabled");
    return [
      ...unless(
        rules.some((rule) => at(rule, "AbortIncompleteMultipartUpload.DaysAfterInitiation") === 1),
        "unfinished uploads stay",
      ),
      ...unless(
        rules.some((rule) => at(rule, "NoncurrentVersionExpiration.NoncurrentDays") === 1),
        "versions of deleted documents stay",
      ),
      ...unless(
        rules.every((rule) => at(rule, "ExpirationInDays") === undefined),
        "documents expire",
      ),
    ];
  },
};
