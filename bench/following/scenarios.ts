import type { DrawnRng } from "../../demo/drawing/drawn_rng.ts";
import type { Scene } from "./scenes.ts";

const middle = 0.5, rightEdge = 1.6;
const between = (from: number, to: number, share: number) =>
  from + (to - from) * Math.max(0, Math.min(1, share));

/** What happens to the main person, actor 0, in a video. */
export const scenarios = {
  /** They leave for some seconds and come back elsewhere; meanwhile the other one may come and go. */
  "leaves and returns"(rng: DrawnRng): Scene {
    const leaves = rng.between(2, 4), away = rng.between(2.5, 6), back = leaves + away;
    const [first, second] = [rng.between(0.4, 0.8), rng.between(0.5, 1.2)];
    const visited = rng.uniform() < 0.6, other = rng.between(0.5, 1.2);
    return {
      seconds: back + 4,
      placeOf(actor, time) {
        if (actor === 0) {
          if (time < leaves) return { x: first, y: middle, size: 0.6 };
          if (time < back) return undefined;
          return { x: second, y: middle, size: 0.55 };
        }
        const here = visited && time > leaves + 0.5 && time < back - 0.3;
        return here ? { x: other, y: middle, size: 0.5 } : undefined;
      },
    };
  },
  /** Two people cross, each behind the other in turn. */
  "two cross"(rng: DrawnRng): Scene {
    const seconds = rng.between(5, 8), turns = rng.between(0.8, 1.6);
    const [low, high] = [rng.between(0.4, 0.5), rng.between(1.1, 1.25)];
    return {
      seconds,
      placeOf(actor, time) {
        const swing = 0.5 - 0.5 * Math.cos(2 * Math.PI * turns * time / seconds);
        const share = actor === 0 ? swing : 1 - swing;
        return {
          x: between(low, high, share),
          y: middle + (actor === 0 ? 0.04 : -0.04),
          size: actor === 0 ? 0.65 : 0.5,
        };
      },
    };
  },
  /** Another camera shows them, with other light, from another side, and sometimes the other one alone. */
  "cut to another camera"(rng: DrawnRng): Scene {
    const cuts = [rng.between(2, 3.5), rng.between(4.5, 6), rng.between(7, 8)] as const;
    const alone = rng.uniform() < 0.5;
    return {
      seconds: 10,
      cameraAt: (time) => cuts.filter((cut) => time >= cut).length % 2,
      placeOf(actor, time) {
        const shot = cuts.filter((cut) => time >= cut).length;
        if (shot === 1 && alone && actor === 0) return undefined;
        const left = (shot % 2 === 0) === (actor === 0);
        return { x: left ? 0.45 : 1.15, y: middle, size: actor === 0 ? 0.65 : 0.5 };
      },
    };
  },
  /** They jump by more than half of a face's width from frame to frame, now and then. */
  "moves fast"(rng: DrawnRng): Scene {
    const places = Array.from({ length: 6 }, () => rng.between(0.4, 1.2));
    return {
      seconds: 6,
      placeOf: (actor, time) =>
        actor === 0 ? { x: places[Math.floor(time)] ?? 0.8, y: middle, size: 0.6 } : undefined,
    };
  },
  /** Somebody passes by first, larger than they are. */
  "somebody else comes first"(rng: DrawnRng): Scene {
    const passes = rng.between(1, 2);
    return {
      seconds: 8,
      placeOf(actor, time) {
        if (actor === 0) {
          return time < passes / 2 ? undefined : { x: 0.6, y: middle, size: 0.55 };
        }
        if (time > passes) return undefined;
        return { x: between(1, rightEdge, time / passes), y: middle, size: 0.7 };
      },
    };
  },
} as const satisfies Readonly<Record<string, (rng: DrawnRng) => Scene>>;

/** The name of a scenario. */
export type ScenarioName = keyof typeof scenarios;
