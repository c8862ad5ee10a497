import { chaos } from "./fleet/chaos.ts";
import { fleetTest } from "./fleet/nats_server.ts";

fleetTest(
  "nothing is lost or double when workers and the server are killed at random",
  async () => {
    await chaos({ people: 3, clips: 4, workers: 2, kills: 2, restarts: 1, stops: 1, seed: 22 });
  },
);
