/**
 * Returns the IAM statements for the models of a stage, each for an inference profile and its foundation model. A profile
 * may send a call to any of its regions, so the statements allow the model in all regions, but only through the profile.
 * The model of the embeddings has no profile, and is called in the stage's own region.
 */
module.exports = async function modelAccess({ resolveVariable }) {
  const choices = (await resolveVariable("param:modelChoices, null")) ?? "";
  const named = [
    await resolveVariable("param:modelId"),
    await resolveVariable("param:fallbackModelId, null"),
    ...choices.split(","),
  ];
  const ids = [...new Set(named.filter(Boolean))];
  const [primary] = ids;
  const region = await resolveVariable("self:provider.region");
  const hasDocuments = (await resolveVariable("param:documents")) === "on";
  const embeddingId = await resolveVariable("param:documentEmbeddingModelId");
  for (const id of ids) checkGeography(id, region);
  return {
    converse: ids.flatMap((id) => [
      allow("bedrock:InvokeModelWithResponseStream", profileArn(id)),
      {
        ...allow("bedrock:InvokeModelWithResponseStream", modelArns(id)),
        Condition: { StringLike: { "bedrock:InferenceProfileArn": profileArn(id) } },
      },
    ]),
    embed:
      hasDocuments && embeddingId !== "off"
        ? [allow("bedrock:InvokeModel", embeddingArn(embeddingId))]
        : [],
    readProfile: [allow("bedrock:GetInferenceProfile", profileArn(primary))],
  };
};

const allow = (Action, Resource) => ({ Effect: "Allow", Action: [Action], Resource });

const profileArn = (id) => ({
  "Fn::Sub": `arn:\${AWS::Partition}:bedrock:\${AWS::Region}:\${AWS::AccountId}:inference-profile/${id}`,
});

const embeddingArn = (id) => ({
  "Fn::Sub": `arn:\${AWS::Partition}:bedrock:\${AWS::Region}::foundation-model/${id}`,
});

/** The regions from which each kind of profile can be called. */
const geographies = {
  "us-gov": /^us-gov-/,
  us: /^us-(?!gov-)/,
  eu: /^eu-/,
  apac: /^ap-/,
  jp: /^ap-northeast-/,
  au: /^ap-southeast-/,
  ca: /^ca-/,
  global: /./,
};

function checkGeography(id, region) {
  const regions = geographies[scopeOf(id)];
  if (!regions) {
    const known = Object.keys(geographies).join("., ");
    throw new Error(
      `The model ${id} is not an inference profile: its id must begin with ${known}.`,
    );
  }
  if (!regions.test(region)) {
    throw new Error(
      `The model ${id} cannot be called from ${region}. Name a profile of that region's geography.`,
    );
  }
}

const scopeOf = (id) => id.slice(0, id.indexOf("."));

/** The model of `us.amazon.nova-2-lite-v1:0` is `amazon.nova-2-lite-v1:0` in each region. `global.` adds an ARN without region. */
function modelArns(id) {
  const model = id.slice(scopeOf(id).length + 1);
  const inRegion = (region) => ({
    "Fn::Sub": `arn:\${AWS::Partition}:bedrock:${region}::foundation-model/${model}`,
  });
  return scopeOf(id) === "global" ? [inRegion("*"), inRegion("")] : [inRegion("*")];
}
