import { basename } from "node:path";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import type { Head } from "../../model/clip_au/head_file.ts";
import { wantsMirrored } from "../../model/clip/mirrored.ts";
import { describePreparation } from "../../model/clip_au/preparation.ts";
import type { PersonScores } from "../../numbers/scores/person_scores.ts";
import type { Sample } from "../../train/sample.ts";
import { projectVersion } from "../infer/about.ts";
import { cardPath } from "./card_path.ts";
import type { TrainOptions } from "./options.ts";
import { estimated, type TestedOn } from "./score_lines.ts";
import type { SeenSamples } from "./see_samples.ts";

/** Writes the model card beside a head. */
export async function writeCard(
  { out, outName, kind, labelsName, command }: TrainOptions,
  head: Head,
  { train, held }: SeenSamples,
  tested: readonly TestedOn[],
): Promise<void> {
  const card = modelCard(head, {
    name: basename(outName),
    version: projectVersion,
    data: `${kind.name}, ${basename(labelsName)}`,
    command,
    taught: train,
    chose: held,
    tested,
  });
  await writeAtomically(cardPath(out), card);
}

/** What a model card tells, besides what the head's own file has. */
export interface CardFacts {
  /** The head's file, as the user named it. */
  readonly name: string;
  readonly version: string;
  /** The kind of data and the name of the file of labels. */
  readonly data: string;
  /** The command's options, as they were given. */
  readonly command: readonly string[];
  /** Those who taught the head, and those who chose its epoch. */
  readonly taught: readonly Sample[];
  readonly chose: readonly Sample[];
  readonly tested: readonly TestedOn[];
}

/** A model card: for whom a head was made, of whom, how, how well it does, and what it is not for. */
export function modelCard(
  { classes, clip, preparations, training }: Omit<Head, "parameters">,
  { name, version, data, command, taught, chose, tested }: CardFacts,
): string {
  const centred = training?.centred;
  const rows: [string, string][] = [
    ["what it is", `a head of CLIP-AU on ${clip?.name} (fingerprint ${clip?.fingerprint})`],
    ["decides between", classes.join(", ")],
    ["learned from", `${peopleAndClips(taught, classes)}; ${data}`],
    [
      "epoch",
      training?.folds === undefined
        ? `${training?.epoch}, chosen by ${peopleAndClips(chose, classes)}`
        : `${training.epoch}, the median of what ${training.folds} folds chose`,
    ],
    [
      "pictures",
      (preparations?.map(describePreparation).join(" and ") ?? "not known") +
      (wantsMirrored(clip) ? ", and their mirror images" : ""),
    ],
    [
      "resting face",
      centred === undefined
        ? "not subtracted"
        : `subtracted: the mean of ${centred} neutral ${
          centred === 1 ? "video" : "videos"
        } of each ` +
          "person; of people who are not enrolled, found in what was seen so far",
    ],
    [
      "varied",
      training?.gains === undefined
        ? "nothing"
        : `resting faces as they differ between videos, gains from ${training.gains.join(" to ")}`,
    ],
    [
      "settings",
      `at most ${training?.epochs} epochs, ${training?.batch} clips a step, ${training?.frames} ` +
      `frames a clip, one of every ${training?.stride}, rate ${training?.rate}, decay ${training?.decay}, seed ` +
      `${training?.seed}`,
    ],
    ["made by", `autt ${version}: \`autt train ${command.map(quoted).join(" ")}\``],
  ];
  return [
    `# Model card: ${name}`,
    "",
    ...table(["", ""], rows),
    "",
    "## How well it does",
    "",
    "Means over people, each counting alike; in brackets 95 % of people drawn again. UAR is the mean",
    "recall of the classes. These figures are of the people of this data set, and say little of others.",
    ...training?.folds === undefined ? [] : [
      "They are of heads that were trained alike on other people: this one learned from everyone.",
    ],
    "",
    ...table(
      ["tested on", "people", "videos", "WAR", "UAR", "F1"],
      tested.map(({ about, all }) => [about, ...cells(all)]),
    ),
    "",
    ...groupsOf(tested),
    "## What it is not for",
    "",
    "- Anything medical; any decision with serious effects on somebody that no person makes.",
    "- Telling what somebody feels: an expression is not a feeling.",
    "- People, cameras or light unlike those above, before it was tested on them.",
    "- Watching people who were not asked.",
    "",
  ].join("\n");
}

function groupsOf(tested: readonly TestedOn[]): string[] {
  const groups = tested.flatMap(({ about, groups }) =>
    [...groups].map(([group, scores]) => [group, about, ...cells(scores)])
  );
  if (groups.length === 0) {
    return ["The labels name no groups of people, so it is not known whom it suits worse.", ""];
  }
  return [
    "### By group",
    "",
    ...table(["group", "tested on", "people", "videos", "WAR", "UAR", "F1"], groups),
    "",
  ];
}

const cells = ({ people, clips, scores }: PersonScores): string[] => [
  `${people}`,
  `${clips}`,
  ...[scores.war, scores.uar, scores.f1].map(estimated),
];

/** `66 people, 1320 videos (660 neutral, 660 pain)`. */
function peopleAndClips(samples: readonly Sample[], classes: readonly string[]): string {
  const people = new Set(samples.map(({ subject }) => subject)).size;
  const counts = classes.map((name, label) =>
    `${samples.filter((sample) => sample.label === label).length} ${name}`
  );
  return `${people} people, ${samples.length} videos (${counts.join(", ")})`;
}

/** A word of a command line, in quotes where it needs them. */
const quoted = (word: string) =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A table as Markdown. */
function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(heading), `|${" --- |".repeat(heading.length)}`, ...rows.map(line)];
}
