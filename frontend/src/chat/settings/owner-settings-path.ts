export const ownerSettingsPath = "/api/v1/settings";
