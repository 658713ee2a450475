import { corsRule } from "#local/s3/cors.ts";
import { at, listAt, ofType, textAt } from "#test/template/template.ts";
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
