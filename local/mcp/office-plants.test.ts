import { expect, it } from "vitest";
import { createOfficePlants } from "./office-plants.ts";

it("a call that is repeated waters once", () => {
  let hour = 9;
  const office = createOfficePlants(() => new Date(Date.UTC(2026, 10, 29, hour)));
  expect(office.water(" fern ", "key")).toMatchObject({ isRepeated: false });
  hour = 10;
  expect(office.water("Fern", "key")).toMatchObject({
    isRepeated: true,
    plant: { name: "Fern", wateredAt: "2026-11-29T09:00:00.000Z" },
  });
  expect(office.water("Fern", "another")?.plant.wateredAt).toBe("2026-11-29T10:00:00.000Z");
  expect(office.water("Oak", "third")).toBeUndefined();
});
