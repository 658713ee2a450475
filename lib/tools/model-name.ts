/** Returns the name by which a model knows a program's tool: Amazon Nova writes invalid calls for a name with a hyphen. */
export const modelName = (name: string) => name.replaceAll("-", "_");
