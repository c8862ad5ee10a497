/**
 * The methods by name: what `./autt eval --method` and `./autt infer --method` take.
 *
 * @module
 */
import { clipAu, windowOnly } from "./clip_au.ts";
import { official, paper, subject } from "./clip_autt.ts";
import { debiased } from "./debiased.ts";
import { dsfda } from "./dsfda.ts";
import { enrolled } from "./enrolled.ts";
import { ifn } from "./ifn.ts";
import type { MethodEntry } from "./method.ts";
import { pft } from "./pft.ts";
import { rest, restAhead } from "./rest.ts";
import { tda } from "./tda.ts";
import { tpt } from "./tpt.ts";
import { ttaCap, ttaCapFirst } from "./tta_cap.ts";
import { zeroShot } from "./zero_shot.ts";

export type {
  DecideOptions,
  Decision,
  Method,
  MethodEntry,
  MethodSetup,
  Need,
  Person,
  RestingClip,
  SourceClip,
  UnlabelledClip,
} from "./method.ts";

/** All methods, in table order. */
export const methods: readonly MethodEntry[] = [
  zeroShot,
  debiased,
  tpt,
  tda,
  ttaCap,
  ttaCapFirst,
  clipAu,
  enrolled,
  rest,
  restAhead,
  ifn,
  pft,
  dsfda,
  windowOnly,
  paper,
  official,
  subject,
];
