/** Returns the origins of the page: the distribution's, and the one of the parameter publicOrigin if a stage has it. */
module.exports = async function pageOrigins({ resolveVariable }) {
  const publicOrigin = await resolveVariable("param:publicOrigin, null");
  const ofDistribution = { "Fn::Sub": `https://\${Distribution.DomainName}` };
  return publicOrigin === null ? [ofDistribution] : [ofDistribution, publicOrigin];
};
