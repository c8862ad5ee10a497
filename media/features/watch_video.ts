import { FaceTracker, type TrackedFace } from "../face/face_tracker.ts";
import { MainPerson } from "../face/main_person.ts";
import type { Frame } from "../video/frame.ts";
import { type SeenFrame, seenOf } from "./seen_frame.ts";
import { WatchedPeople } from "./watched_people.ts";
import { type WatchedFrame, watchFaces, type WatchTools } from "./watch_faces.ts";

/**
 * Watches one person: the one with the given number, or the main one so far, so that something that looks
 * like a face at the beginning decides nothing for long. Each frame is given as soon as it is seen, with
 * the person's features or a reason why there are none.
 */
export async function* watchLive(
  frames: AsyncIterable<Frame>,
  tools: WatchTools,
  person?: number,
): AsyncGenerator<SeenFrame> {
  const main = new MainPerson();
  let watched = person;
  const choose = (faces: readonly TrackedFace[]) => faces.filter((face) => face.person === watched);
  const watching = watchFaces(frames, tools, new FaceTracker(), choose, (batch) => {
    for (const { frame, faces } of batch) main.add({ ...frame, faces });
    watched = person ?? main.watched;
  });
  for await (const frame of watching) yield seenOf(frame, frame.chosen[0], watched);
}

/**
 * Watches a whole video, and only then decides who is who and who is the main person.
 *
 * @param whom Everyone is embedded for "everyone" and where a number is given; else those who may yet turn
 * out to be the main person.
 * @param onFrame Called after each frame with its time.
 */
export async function watchWhole(
  frames: AsyncIterable<Frame>,
  tools: WatchTools,
  whom: "everyone" | "main person",
  onFrame: (seconds: number) => void = () => {},
): Promise<WatchedPeople> {
  const main = new MainPerson(), tracker = new FaceTracker(), all: WatchedFrame[] = [];
  const choose = (faces: readonly TrackedFace[]) =>
    whom === "everyone" ? faces : faces.filter(({ person }) => main.mayBecome(person));
  const watching = watchFaces(frames, tools, tracker, choose, (batch) => {
    for (const { frame, faces } of batch) main.add({ ...frame, faces });
  });
  for await (const frame of watching) {
    all.push(frame);
    onFrame(frame.at.seconds);
  }
  tracker.settle();
  return new WatchedPeople(all, (track) => tracker.personOf(track));
}
