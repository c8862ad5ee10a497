import { facsUnit } from "../../model/clip_au/facs.ts";
import { unitMeans } from "../../person/unit_means.ts";
import { largestAt } from "../../numbers/vectors.ts";
import { LongLists } from "../../io/files/long_lists.ts";
import type { SeenFrame } from "../../media/features/seen_frame.ts";
import type { AnalysedWindow, VideoAnswer } from "../../person/video_decider.ts";
import type { About } from "./about.ts";
import type { Analysis } from "../../person/analyse.ts";

/** Encodes an analysis as JSON, in pieces, as `docs/infer-json.md` describes it. */
export function* encodeJson(
  video: string,
  analysis: Analysis,
  about: About,
): Generator<string> {
  const { frames, seen, windows, adaptation, abstained } = analysis, { classes } = about;
  const named = (probabilities: ArrayLike<number>) =>
    Object.fromEntries(classes.map((name, i) => [name, round(probabilities[i] ?? NaN)]));
  const time = (place: number) => round(seen[place]?.seconds ?? NaN);
  const decision = (answer: VideoAnswer) => ({
    class: classes[largestAt(answer.probabilities)],
    probabilities: named(answer.probabilities),
    entropy: round(answer.entropy),
    window: answer.start,
  });
  const lists = new LongLists();
  yield* lists.encode(
    {
      schema: "autt.infer",
      schema_version: 2,
      autt: about.version,
      adapter: about.adapter,
      schedule: about.schedule(),
      model: {
        clip: about.clip,
        head: about.head ?? null,
        sources: about.sources,
        classes,
        trained: about.trained,
      },
      method: about.method ?? "none",
      enrolment: about.enrolment ?? null,
      rest: analysis.rest ?? null,
      video,
      person: analysis.watched
        ? { ...analysis.watched, share: round(analysis.watched.share) }
        : null,
      frames: frames.length,
      frames_with_face: seen.length,
      gaps: frames.filter(({ gap }) => gap !== undefined)
        .map(({ index, seconds, gap }) => ({ frame: index, seconds: round(seconds), reason: gap })),
      faces: facesOf(analysis, lists),
      abstained: abstained ?? null,
      before: adaptation ? decision(adaptation.before) : null,
      after: adaptation ? decision(adaptation.after) : null,
      moved: adaptation?.moved ?? null,
      steps: adaptation?.steps.map(({ loss }) => round(loss)) ?? [],
      warnings: adaptation?.warnings ?? [],
      action_units: unitsOf(analysis, lists),
      windows: lists.lines(windows.length, (i) => {
        const window = windows[i] as AnalysedWindow;
        return {
          first_frame: seen[window.first]?.index,
          last_frame: seen[window.last]?.index,
          from: time(window.first),
          to: time(window.last),
          before: named(window.before),
          after: named(window.after),
          entropy_before: round(window.entropyBefore),
          entropy_after: round(window.entropyAfter),
        };
      }),
    },
  );
  yield "\n";
}

/** Where the face was, in pixels: a list for each column, a place for each frame with the face. */
function facesOf({ seen }: Analysis, lists: LongLists) {
  const column = (of: (frame: SeenFrame) => number | undefined) =>
    lists.line(seen.length, (place) => {
      const value = of(seen[place] as SeenFrame);
      return value === undefined ? null : round(value);
    });
  return {
    frame: column(({ index }) => index),
    seconds: column(({ seconds }) => seconds),
    left: column(({ face }) => face?.left),
    top: column(({ face }) => face?.top),
    width: column(({ face }) => face?.width),
    height: column(({ face }) => face?.height),
    score: column(({ face }) => face?.score),
  };
}

/** What the face did: two readings of each unit, and events. */
function unitsOf({ readings, events: { events, doubt }, seen }: Analysis, lists: LongLists) {
  const { prompts, present, moreThanUsual, usual, usualIs } = readings, count = prompts.length;
  const named = (prompt: string) => ({ prompt, ...facsUnit(prompt) });
  const means = [present, moreThanUsual].map((matrix) => unitMeans(matrix, count));
  const time = (place: number) => round(seen[place]?.seconds ?? NaN);
  const frames = (matrix: Float32Array, unit: number) =>
    lists.line(seen.length, (place) => round(matrix[place * count + unit] ?? NaN));
  return {
    usual: usualIs,
    doubt: doubt ?? null,
    units: seen.length === 0 ? [] : prompts.map((prompt, unit) => ({
      ...named(prompt),
      usual: round(usual[unit] ?? NaN),
      mean_present: round(means[0]?.[unit] ?? NaN),
      mean_more_than_usual: round(means[1]?.[unit] ?? NaN),
      present: frames(present, unit),
      more_than_usual: frames(moreThanUsual, unit),
    })),
    events: events.map(({ prompt, onset, apex, offset, strength }) => ({
      ...named(prompt),
      onset: time(onset),
      apex: time(apex),
      offset: time(offset),
      strength: round(strength),
    })),
  };
}

/** Rounds to six digits: more are noise. */
export function round(x: number): number {
  return Number(x.toFixed(6));
}

/**
 * `round(x)` as text, and nothing where that is not finite. It is made of the digits of `toFixed()`: V8 keeps the
 * text of each number that it turns into one otherwise, and those of a long table fill its heap.
 */
export function roundedText(x: number): string {
  if (!(Math.abs(x) < 1e9)) return Number.isFinite(x) ? `${round(x)}` : "";
  const text = x.toFixed(6).replace(/\.?0+$/, "");
  return text === "-0" ? "0" : text;
}
