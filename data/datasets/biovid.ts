import type { DatasetKind, VideoFacts } from "../dataset.ts";
import { readFrameList } from "./frame_list.ts";
import { labelReader } from "./label_checks.ts";

/** The stimuli that are used: none, and the strongest. */
const stimuli = ["BL1", "PA4"];

/** BioVid Heat Pain, part A: `…/SUBJECT/SUBJECT-BL1-NNN/image<ms>.jpg 0`, PA4 being pain. */
export const biovid: DatasetKind = {
  name: "biovid",
  classes: ["neutral", "pain"],
  targets: [
    ...["081014_w_27", "101609_m_36", "112009_w_43", "091809_w_43", "071309_w_21"],
    ...["073114_m_25", "080314_w_25", "073109_w_28", "100909_w_65", "081609_w_40"],
  ],
  read: labelReader((file) =>
    readFrameList(file, (folder, name) => {
      const facts = factsOf(name);
      return typeof facts === "string" || facts.subject === folder
        ? facts
        : `"${name}" lies in the folder of "${folder}"`;
    })
  ),
  resting: {
    about: "stimulus BL1",
    is: ({ video }) => /-BL1-\d+$/.test(video),
    fewSuffice: true,
  },
  named: factsOf,
};

/** `SUBJECT-BL1-NNN`. */
function factsOf(name: string): VideoFacts | string {
  const [, subject, stimulus = ""] = /^(.+)-([A-Z]+\d)-\d+$/.exec(name) ?? [];
  if (subject === undefined) return `wanted a video named SUBJECT-BL1-NNN: got "${name}"`;
  const label = stimuli.indexOf(stimulus);
  return label < 0
    ? `wanted ${stimuli.join(" or ")}: "${name}" is of stimulus ${stimulus}`
    : { subject, label };
}
