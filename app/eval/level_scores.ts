import type { DatasetClip } from "../../data/dataset.ts";
import { scoreBah, videoRules } from "../../numbers/scores/bah_scores.ts";
import { averagePrecision, gridAveragePrecision } from "../../numbers/scores/ranking.ts";
import { average, largestAt } from "../../numbers/vectors.ts";
import type { ContenderRun } from "./run_methods.ts";
import { layOut } from "./score_table.ts";

/**
 * How frames and videos are judged. `official`: as BAH's released code does it: videos shorter than its window are
 * padded with their last frame, label and decision too, and a video is what most of its frames are, of equally many
 * what comes first. `plain`: frames count once, and a video is decided by the mean probability of its frames.
 */
export const protocols = ["plain", "official"] as const;
export type Protocol = typeof protocols[number];

/** Frames of the released code's window, to which shorter videos are padded. */
export const officialWindow = 696;

/** A clip with how many frames it has; frames are all decided on as their clip is. */
export interface FramedClip extends Pick<DatasetClip, "id" | "video" | "label"> {
  readonly frames: number;
}

/** Scores of one contender; the mean of its draws. */
export interface LevelScores {
  readonly frameF1: number;
  readonly frameAp: number;
  readonly frameApGrid: number;
  readonly segmentF1: number;
  readonly videoF1: number;
  readonly videoAp: number;
}

/** A contender's scores at each level. */
export interface LevelRow extends LevelScores {
  readonly name: string;
  /** Not above the tasks alone in F1, at the levels of frames and of videos. */
  readonly notAboveTask: boolean;
}

/** The contender that methods are held against here: BAH's question tells more than what is published. */
const taskAlone = "task only";

/** Scores all contenders at the levels of frames, segments and videos. A video is ambivalent where any part is. */
export function scoreLevels(
  runs: readonly ContenderRun[],
  clips: readonly FramedClip[],
  protocol: Protocol,
): LevelRow[] {
  const scored = runs.map(({ entry, baseline, draws }) => {
    const each = draws.map((people) => {
      const decided = new Map(
        people.flatMap((person) => person.clips)
          .map(({ id, probabilities }) => [id, probabilities[1] ?? NaN]),
      );
      return scoreDecisions(clips, decided, protocol);
    });
    const mean = (name: keyof LevelScores) => average(each.map((one) => one[name]));
    const scores: LevelScores = {
      ...{ frameF1: mean("frameF1"), frameAp: mean("frameAp"), frameApGrid: mean("frameApGrid") },
      ...{ segmentF1: mean("segmentF1"), videoF1: mean("videoF1"), videoAp: mean("videoAp") },
    };
    return { name: entry.name, baseline, scores };
  });
  const task = scored.find(({ name }) => name === taskAlone)?.scores;
  return scored.map(({ name, baseline, scores }) => ({
    name,
    ...scores,
    notAboveTask: !baseline && task !== undefined &&
      (scores.frameF1 <= task.frameF1 || scores.videoF1 <= task.videoF1),
  }));
}

/** Scores decisions on clips: the probability of ambivalence by their ids. */
export function scoreDecisions(
  clips: readonly FramedClip[],
  decided: ReadonlyMap<string, number>,
  protocol: Protocol,
): LevelScores {
  const known = clips.filter(({ id }) => decided.has(id));
  const pOf = ({ id }: FramedClip) => decided.get(id) as number;
  const said = (p: number) => p > 0.5 ? 1 : 0;
  const videos = [...Map.groupBy(known, ({ video }) => video).values()].map((parts) => {
    const frames = parts.flatMap((clip) =>
      Array.from({ length: clip.frames }, () => ({ p: pOf(clip), label: clip.label }))
    );
    const last = frames.at(-1);
    const padding = protocol === "official" && last
      ? Array.from({ length: Math.max(0, officialWindow - frames.length) }, () => last)
      : [];
    const mean = average(frames.map(({ p }) => p));
    return {
      frames: [...frames, ...padding],
      label: Math.max(...parts.map(({ label }) => label)),
      score: mean,
      said: protocol === "official"
        ? videoRules.FRAMES_VOTE(frames.map(({ p }) => [1 - p, p]))
        : largestAt([1 - mean, mean]),
    };
  });
  const frames = videos.flatMap((video) => video.frames);
  const ranked = frames.map(({ p, label }) => ({ score: p, positive: label === 1 }));
  return {
    frameF1: scoreBah(frames.map(({ label }) => label), frames.map(({ p }) => said(p))).macroF1,
    frameAp: averagePrecision(ranked),
    frameApGrid: gridAveragePrecision(ranked),
    segmentF1:
      scoreBah(known.map(({ label }) => label), known.map((one) => said(pOf(one)))).macroF1,
    videoF1: scoreBah(videos.map(({ label }) => label), videos.map((one) => one.said)).macroF1,
    videoAp: averagePrecision(
      videos.map(({ score, label }) => ({ score, positive: label === 1 })),
    ),
  };
}

/** The table as it is printed, in percent. */
export function levelTable(rows: readonly LevelRow[], protocol: Protocol): string {
  const percent = (x: number) => Number.isFinite(x) ? (100 * x).toFixed(1) : "-";
  const heading = ["", "frames F1", "AP", "AP grid", "segments F1", "videos F1", "AP", ""];
  const lines = rows.map((row) => [
    row.name,
    ...[row.frameF1, row.frameAp, row.frameApGrid].map(percent),
    ...[row.segmentF1, row.videoF1, row.videoAp].map(percent),
    row.notAboveTask ? "*" : "",
  ]);
  return [
    protocol === "official"
      ? `by level, protocol official: videos are padded to ${officialWindow} frames with their last one; a video ` +
        "is what most of its frames are"
      : "by level: frames count once; a video is decided by the mean over its frames",
    "",
    ...layOut([heading, ...lines]),
    "",
    ...rows.some(({ notAboveTask }) => notAboveTask)
      ? [`* not above "${taskAlone}" in F1 of frames and videos both`]
      : [],
  ].join("\n");
}
