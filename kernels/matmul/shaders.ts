import type { Shader } from "../../engine/mod.ts";
import activationFunctions from "../activation/activation_functions.wgsl" with { type: "text" };
import { panelSource } from "./panel.ts";
import skinnySource from "./skinny.wgsl" with { type: "text" };
import stageSource from "./stage.wgsl" with { type: "text" };
import storeSource from "./store.wgsl" with { type: "text" };
import tileSource from "./tile.wgsl" with { type: "text" };
import { packShaders } from "./weight.ts";

/** Copies x into texels where a plain copy does not do. */
export const stageShader: Shader = { name: "stage.wgsl", source: stageSource };

/** The flags of the epilogue, which all families share. */
const epilogueFlags = {
  BIAS: [false, true],
  RESIDUAL: [false, true],
  RESIDUAL_TEXELS: [false, true],
  ACTIVATION: ["none", "quick_gelu", "gelu", "gelu_tanh", "relu"],
  Y_VEC4: [true, false],
  Y_ELEMENT: ["vec4f", "f32"],
} as const;
type Flags = Readonly<Record<string, unknown>>;
const oddElements = (flags: Flags) => {
  const { Y_VEC4, Y_ELEMENT, X_VEC4, X_ELEMENT, HALF, W_ELEMENT, LANES } = flags;
  const { RESIDUAL, RESIDUAL_TEXELS } = flags;
  // Only panels read texels, and only where a texel is four numbers of one row.
  return (RESIDUAL_TEXELS === true && !(RESIDUAL && Y_VEC4 && LANES !== undefined)) ||
    Y_VEC4 !== (Y_ELEMENT === "vec4f") ||
    (X_VEC4 !== undefined && X_VEC4 !== (X_ELEMENT === "vec4f")) ||
    (HALF !== undefined && HALF !== (W_ELEMENT === "vec2u"));
};

/** The matmul of software adapters. */
export const panelShader: Shader = {
  name: "panel.ts",
  source: (flags) => activationFunctions + storeSource + panelSource(flags),
  flags: {
    LANES: [4, 8, 16],
    ROWS: [8, 16, 20],
    COLUMNS4: [1, 2],
    FORMAT: ["rgba32float", "rgba16float"],
    ...epilogueFlags,
  },
  excludes: oddElements,
};
/** The matmul of GPUs. */
export const tileShader: Shader = {
  name: "tile.wgsl",
  source: activationFunctions + storeSource + tileSource,
  flags: {
    TM: [2, 4, 8],
    TN: [1, 2],
    X_LENGTH: [512, 1024, 2048],
    W_LENGTH: [256, 512],
    X_VEC4: [true, false],
    X_ELEMENT: ["vec4f", "f32"],
    HALF: [false, true],
    W_ELEMENT: ["vec4f", "vec2u"],
    ...epilogueFlags,
  },
  excludes: (flags) =>
    oddElements(flags) || flags.X_LENGTH !== 256 * Number(flags.TM) ||
    flags.W_LENGTH !== 256 * Number(flags.TN) || (flags.TN === 2) !== (flags.TM === 8),
};
/** The matmul of GPUs for few rows. */
export const skinnyShader: Shader = {
  name: "skinny.wgsl",
  source: activationFunctions + storeSource + skinnySource,
  flags: { HALF: [false, true], W_ELEMENT: ["vec4f", "vec2u"], ...epilogueFlags },
  excludes: oddElements,
};

/** Every shader that a matmul can dispatch. */
export const matmulShaders = [stageShader, panelShader, tileShader, skinnyShader, ...packShaders];
