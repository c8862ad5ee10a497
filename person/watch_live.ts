import type { SeenFrame } from "../media/features/seen_frame.ts";
import { featuresOf } from "../media/features/seen_frame.ts";
import type { NewestFrames } from "../media/video/newest_frames.ts";
import { findEvents, type UnitEvent } from "./unit_events.ts";
import { readUnits } from "./unit_readings.ts";
import type { VideoReader } from "./video_reader.ts";

/** What is known of a person at a moment of a live video. */
export interface LiveReport {
  /** The time of the newest frame. */
  readonly seconds: number;
  /** How long ago that frame came in, in seconds. */
  readonly latency: number;
  /** Frames that were looked at since the last report, and that were passed over. */
  readonly frames: { readonly seen: number; readonly passedOver: number };
  /** Why the newest frame tells nothing of the person; undefined if it does. */
  readonly gap: string | undefined;
  /** The units that are more than usual now, the strongest first. */
  readonly more: readonly UnitEvent[];
  /** The probability of each class over the last seconds; undefined without a head or a face. */
  readonly probabilities: readonly number[] | undefined;
}

/** How to watch a live video. */
export interface LiveOptions {
  /** Seconds between reports. */
  readonly interval?: number | undefined;
  /** How many of the last seconds tell what is usual. */
  readonly memory?: number | undefined;
  /** How many of the last seconds a decision is on. */
  readonly span?: number | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/** The fewest frames with a face that are decided on. */
const fewest = 4;

/**
 * Watches one person in a live video and reports at regular intervals. Memory stays as it is however long it
 * takes: what is older than `memory` is forgotten.
 */
export async function* watchLive(
  { watcher, observer, decider }: VideoReader,
  live: NewestFrames,
  { interval = 1, memory = 60, span = 4, signal }: LiveOptions = {},
): AsyncGenerator<LiveReport> {
  const kept: SeenFrame[] = [];
  let next = -Infinity, seen = 0, passedOver = 0;
  for await (
    const frame of watcher.watch(() => live, undefined, { batch: 1, live: true, signal })
  ) {
    seen++;
    const came = live.cameAt(frame), before = kept.at(-1)?.seconds ?? -Infinity;
    // A camera that was opened once more may count its time anew.
    if (before - frame.seconds > interval) [kept.length, next] = [0, -Infinity];
    kept.push(frame);
    while (kept[0] && frame.seconds - kept[0].seconds > memory) kept.shift();
    if (frame.seconds < next) continue;
    next = frame.seconds + interval;
    const { units, readings: { usual, usualIs }, seen: known } = observer.observe(kept);
    const rest = usualIs === "enrolled resting face" ? usual : undefined;
    const { events } = findEvents(
      readUnits(units, observer.prompts, rest),
      known.map(({ seconds }) => seconds),
    );
    const more = frame.gap === undefined
      ? events.filter(({ offset }) => offset === known.length - 1)
      : [];
    const recent = known.filter(({ seconds }) => frame.seconds - seconds <= span);
    const decided = decider && recent.length >= fewest
      ? await decider.decide(featuresOf(recent), { signal, seen: recent })
      : undefined;
    yield {
      seconds: frame.seconds,
      latency: (performance.now() - came) / 1000,
      frames: { seen, passedOver: live.passedOver - passedOver },
      gap: frame.gap,
      more: more.toSorted((a, b) => b.strength - a.strength),
      probabilities: decided && [...decided.decided.after.probabilities],
    };
    [seen, passedOver] = [0, live.passedOver];
  }
}
