export interface Plant {
  name: string;
  room: string;
  /** Undefined: not since the start. */
  wateredAt?: string;
}

/** What watering does. A call that is repeated, by its key, waters once. */
export type Watering = { plant: Plant; isRepeated: boolean };

export function createOfficePlants(now: () => Date) {
  const plants: Plant[] = [
    { name: "Fern", room: "Kitchen" },
    { name: "Monstera", room: "Entrance" },
    { name: "Cactus", room: "Meeting room" },
  ];
  const known = new Set<string>();

  return {
    plants,
    /** Returns undefined for a plant that is not there. */
    water(name: string, key: string | undefined): Watering | undefined {
      const plant = plants.find((one) => one.name.toLowerCase() === name.trim().toLowerCase());
      if (!plant) return undefined;
      const isRepeated = key !== undefined && known.has(key);
      if (key !== undefined) known.add(key);
      if (!isRepeated) plant.wateredAt = now().toISOString();
      return { plant, isRepeated };
    },
  };
}
