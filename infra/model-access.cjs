/**
 * The IAM statements for the models of a stage, each on an inference profile and on the foundation model behind it.
 * A profile sends a call to any of its regions, so the model has to be allowed in all of them, but only through the profile.
 */
module.exports = async function modelAccess({ resolveVariable }) {
  const ids = [
    await resolveVariable("param:modelId"),
    await resolveVariable("param:fallbackModelId, null"),
  ].filter(Boolean);
  const [primary] = ids;
  const region = await resolveVariable("self:provider.region");
  for (const id of ids) checkGeography(id, region);
  return {
    converse: ids.flatMap((id) => [
      allow("bedrock:InvokeModelWithResponseStream", profileArn(id)),
      {
        ...allow("bedrock:InvokeModelWithResponseStream", modelArns(id)),
        Condition: { StringLike: { "bedrock:InferenceProfileArn": profileArn(id) } },
      },
    ]),
    look: [allow("bedrock:GetInferenceProfile", profileArn(primary))],
  };
};

const allow = (Action, Resource) => ({ Effect: "Allow", Action: [Action], Resource });

const profileArn = (id) => ({
  "Fn::Sub": `arn:\${AWS::Partition}:bedrock:\${AWS::Region}:\${AWS::AccountId}:inference-profile/${id}`,
});

/** Where each kind of profile may be called from. */
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
    throw new Error(`The model ${id} is no inference profile: its id has to begin with ${known}.`);
  }
  if (!regions.test(region)) {
    throw new Error(
      `The model ${id} cannot be called from ${region}. Set the parameter modelId to a profile of that region's geography.`,
    );
  }
}

const scopeOf = (id) => id.slice(0, id.indexOf("."));

/** `us.amazon.nova-2-lite-v1:0` is `amazon.nova-2-lite-v1:0` in its regions; behind `global.` is one without a region, too. */
function modelArns(id) {
  const model = id.slice(scopeOf(id).length + 1);
  const inRegion = (region) => ({
    "Fn::Sub": `arn:\${AWS::Partition}:bedrock:${region}::foundation-model/${model}`,
  });
  return scopeOf(id) === "global" ? [inRegion("*"), inRegion("")] : [inRegion("*")];
}
