/**
 * The 46 Action Unit prompts of CLIP-AU, in the order of its classifier's inputs. The last one is two
 * prompts joined by a missing comma in the original list; checkpoints are trained with it.
 */
export const auPrompts = [
  "inner_eyebrows_raised",
  "outer_eyebrows_raised",
  "eyebrows_lowered_and_pulled_together",
  "upper_eyelids_lifted",
  "cheeks_raised_and_eye_corners_tightened",
  "eyelids_tightened",
  "nose_wrinkled",
  "upper_lip_lifted",
  "nasolabial_folds_deepened",
  "lip_corners_pulled_up_in_a_smile",
  "cheeks_puffed_upward",
  "cheek_dimples_formed_lip_corners_tightened_laterally",
  "lip_corners_pulled_down",
  "lower_lip_pulled_down",
  "chin_pushed_up_lower_lip_bulged",
  "lips_puckered_forward",
  "lips_stretched_horizontally",
  "lips_funneled_rounded_and_protruded",
  "lips_pressed_together_and_tightened",
  "lips_strongly_pressed",
  "lips_slightly_parted",
  "jaw_lowered_mouth_opened",
  "mouth_widely_stretched_open",
  "lips_sucked_into_mouth",
  "upper_eyelids_drooping",
  "eyes_slitted_narrow_eye_opening",
  "eyes_fully_closed",
  "squinting_lower_and_upper_lids_compressed",
  "blink_rapid_eyelid_closure",
  "one_eye_closed_wink",
  "head_turn_left",
  "head_turn_right",
  "head_tilt_up",
  "head_tilt_down",
  "eyes_turn_left",
  "eyes_turn_right",
  "eyes_look_up",
  "eyes_look_down",
  "jaw_thrust_forward",
  "jaw_clenched",
  "lip_bite",
  "lip_wipe_with_tongue",
  "lick_lips",
  "cheek_blow",
  "nostrils_dilated",
  "nostrils_compressedtongue_show",
] as const;

/** The two class prompts of CLIP-AU's source training, an optional part of its decision. */
export const sourceClassPrompts = [
  "a_person_with_an_expression_of_neutral",
  "a_person_with_an_expression_of_pain",
] as const;

/** A prompt as a sentence, as in tuned prompts: spaces for underscores, and a full stop. */
export function sentenceOf(prompt: string): string {
  return `${prompt.replaceAll("_", " ")}.`;
}
