import type { Device } from "../engine/mod.ts";

/** Placeholder until the peers are in. */
export async function comparePeers(_device: Device): Promise<number> {
  return await Promise.resolve(0);
}
