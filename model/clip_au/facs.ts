import { auPrompts } from "./au_prompts.ts";

/** An Action Unit, or another movement, as the Facial Action Coding System (FACS) has it. */
export interface FacsUnit {
  /** `AU4`, `AD37`, `M55`; undefined for what FACS has no code of. */
  readonly code: string | undefined;
  /** What the face does, in a word or two. */
  readonly name: string;
}

/**
 * The codes and names of the 46 prompts, in their order. Two prompts name two things each: AU45 is a blink
 * (a movement) beside AU43 (eyes that stay closed), and the last one joins AD39 and AD19 by a missing
 * comma in the original list.
 */
const listed: readonly string[] = [
  ...["AU1 inner brow raised", "AU2 outer brow raised", "AU4 brow lowered"],
  ...["AU5 upper lid raised", "AU6 cheeks raised", "AU7 eyes tightened", "AU9 nose wrinkled"],
  ...["AU10 upper lip raised", "AU11 nasolabial fold deepened", "AU12 lip corners pulled up"],
  ...["AU13 cheeks puffed upward", "AU14 dimples", "AU15 lip corners pulled down"],
  ...["AU16 lower lip pulled down", "AU17 chin raised", "AU18 lips puckered"],
  ...["AU20 lips stretched", "AU22 lips funneled", "AU23 lips tightened", "AU24 lips pressed"],
  ...["AU25 lips parted", "AU26 jaw dropped", "AU27 mouth stretched open", "AU28 lips sucked in"],
  ...["AU41 lids drooping", "AU42 eyes slitted", "AU43 eyes closed", "AU44 squinting"],
  ...["AU45 blinking", "AU46 winking", "M51 head turned left", "M52 head turned right"],
  ...["M53 head up", "M54 head down", "M61 eyes left", "M62 eyes right", "M63 eyes up"],
  ...["M64 eyes down", "AD29 jaw thrust forward", "AD31 jaw clenched", "AD32 lip bitten"],
  ...[
    "AD37 lips wiped with the tongue",
    "- lips licked",
    "AD33 cheeks blown",
    "AU38 nostrils dilated",
  ],
  ...["AU39 nostrils compressed or tongue shown"],
];

const units = new Map<string, FacsUnit>(auPrompts.map((prompt, i) => {
  const [code = "", ...name] = (listed[i] ?? "").split(" ");
  return [prompt, { code: code === "-" ? undefined : code, name: name.join(" ") }];
}));

/** The unit that a prompt describes. Prompts that are not CLIP-AU's have their own words as a name. */
export function facsUnit(prompt: string): FacsUnit {
  return units.get(prompt) ?? { code: undefined, name: prompt.replaceAll("_", " ") };
}

/** A unit with its code: `AU4 brow lowered`. */
export function unitLabel(prompt: string): string {
  const { code, name } = facsUnit(prompt);
  return code === undefined ? name : `${code} ${name}`;
}

/** Units that the field reads together; of those in a group, the strongest counts. */
export interface UnitSet {
  /** What the set is read for. */
  readonly name: string;
  /** Where the set is from. */
  readonly source: string;
  /** FACS codes, by group. */
  readonly groups: readonly (readonly string[])[];
}

/** The sets by which observers code expressions. */
export const unitSets: readonly UnitSet[] = [{
  name: "pain",
  source: "Prkachin and Solomon, 2008",
  groups: [["AU4"], ["AU6", "AU7"], ["AU9", "AU10"], ["AU43"]],
}];
