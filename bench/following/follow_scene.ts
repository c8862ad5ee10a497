import { DrawnRng } from "../../demo/drawing/drawn_rng.ts";
import { type Face, type FaceBox, overlap } from "../../media/face/decode_faces.ts";
import { FaceTracker } from "../../media/face/face_tracker.ts";
import type { WatchedFrame } from "../../media/features/watch_faces.ts";
import { WatchedPeople } from "../../media/features/watched_people.ts";
import type { Frame } from "../../media/video/frame.ts";
import { type ScenarioName, scenarios } from "./scenarios.ts";
import { drawScenes, type SceneFrame } from "./scenes.ts";

/** How well the main person was followed. */
export interface Followed {
  /** Frames in which their face was found. */
  readonly seen: number;
  /** Those in which it was taken for theirs. */
  readonly right: number;
  /** Frames in which somebody else's face, or none, was taken for theirs. */
  readonly wrong: number;
}

/** The share of frames that are right, of those that are theirs or were taken for theirs. */
export function rightShare({ seen, right, wrong }: Followed): number {
  return right / (seen + wrong);
}

/** Finds the faces in a frame. */
export type FindFaces = (frame: Frame) => readonly Face[] | Promise<readonly Face[]>;

/** What a detector would find: boxes shake, now and then a face is missed, or a wall looks like one. */
export function imperfect(rng: DrawnRng): (frame: SceneFrame) => Face[] {
  return ({ index, width, height, truth }) => {
    const faces = truth.filter(() => rng.uniform() > 0.03).map(({ face }): Face => {
      const size = face.width * Math.exp(rng.normal(0, 0.03));
      return {
        ...face,
        left: face.left + rng.normal(0, 0.02) * size,
        top: face.top + rng.normal(0, 0.02) * size,
        width: size,
        height: size,
      };
    });
    const size = rng.between(0.3, 0.5) * height;
    const wall = {
      ...{ score: 0.55, left: rng.between(0, width - size), top: rng.between(0, height - size) },
      ...{ width: size, height: size, points: [] },
    };
    return index === 0 || rng.uniform() < 0.02 ? [wall, ...faces] : faces;
  };
}

/** Follows everyone in a drawn video and tells how well the main person, actor 0, came through. */
export async function followScene(
  name: ScenarioName,
  seed: number,
  find?: FindFaces,
): Promise<Followed> {
  const path = [Object.keys(scenarios).indexOf(name), seed], rng = new DrawnRng(31, ...path);
  const scene = scenarios[name](rng), shaken = imperfect(rng);
  const tracker = new FaceTracker(), frames: SceneFrame[] = [], watched: WatchedFrame[] = [];
  for (const frame of drawScenes(scene, 32, ...path)) {
    const found = find ? await find(frame) : shaken(frame);
    const faces = tracker.follow(found, frame), features = new Float32Array(0);
    watched.push({ at: frame, faces, chosen: faces.map((face) => ({ face, features })) });
    frames.push({ ...frame, data: new Uint8Array(0) });
  }
  tracker.settle();
  const people = new WatchedPeople(watched, (track) => tracker.personOf(track));
  let seen = 0, right = 0, wrong = 0;
  for (const [i, { face }] of people.framesOf().entries()) {
    const { faces = [] } = watched[i] ?? {}, frame = frames[i] as SceneFrame;
    if (faces.some((one) => actorOf(one, frame) === 0)) seen++;
    if (face && actorOf(face, frame) === 0) right++;
    else if (face) wrong++;
  }
  return { seen, right, wrong };
}

/** Whose face a box is on. */
function actorOf(face: FaceBox, { truth }: SceneFrame): number | undefined {
  const [best] = truth.map(({ actor, face: own }) => ({ actor, both: overlap(face, own) }))
    .sort((a, b) => b.both - a.both);
  return best && best.both > 0.3 ? best.actor : undefined;
}
