import { largestAt } from "../../numbers/vectors.ts";
import type { VideoAnswer } from "../../person/video_decider.ts";
import type { About } from "./about.ts";
import type { Analysis } from "../../person/analyse.ts";

/** Encodes an analysis as JSON, as `docs/infer-json.md` describes it. */
export function encodeJson(video: string, analysis: Analysis, about: About): string {
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
  return JSON.stringify(
    {
      schema: "autt.infer",
      schema_version: 1,
      autt: about.version,
      adapter: about.adapter,
      model: { clip: about.clip, head: about.head ?? null, sources: about.sources, classes },
      method: about.method ?? "none",
      enrolment: about.enrolment ?? null,
      video,
      frames: frames.length,
      frames_with_face: seen.length,
      gaps: frames.filter(({ gap }) => gap !== undefined)
        .map(({ index, seconds, gap }) => ({ frame: index, seconds: round(seconds), reason: gap })),
      abstained: abstained ?? null,
      before: adaptation ? decision(adaptation.before) : null,
      after: adaptation ? decision(adaptation.after) : null,
      moved: adaptation?.moved ?? null,
      steps: adaptation?.steps.map(({ loss }) => round(loss)) ?? [],
      warnings: adaptation?.warnings ?? [],
      windows: windows.map((window) => ({
        first_frame: seen[window.first]?.index,
        last_frame: seen[window.last]?.index,
        from: time(window.first),
        to: time(window.last),
        before: named(window.before),
        after: named(window.after),
        entropy_before: round(window.entropyBefore),
        entropy_after: round(window.entropyAfter),
      })),
    },
    null,
    2,
  ) + "\n";
}

/** Rounds to six digits: more are noise. */
export function round(x: number): number {
  return Number(x.toFixed(6));
}
