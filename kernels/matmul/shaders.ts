import type { Flags, Shader } from "../../engine/mod.ts";
import activationFunctions from "../activation/activation_functions.wgsl" with { type: "text" };
import { epilogueBindings } from "./accumulators.ts";
import { panelSource } from "./panel.ts";
import { skinnySource } from "./skinny.ts";
import stageSource from "./stage.wgsl" with { type: "text" };
import storeSource from "./store.wgsl" with { type: "text" };
import sumPartsSource from "./sum_parts.wgsl" with { type: "text" };
import { panelHeights } from "../schedule.ts";
import { type TileName, tiles, tileSource } from "./tile.ts";
import { packShaders } from "./pack_matrix.ts";

/** Copies x into texels where a plain copy does not do. */
export const stageShader: Shader = { name: "stage.wgsl", source: stageSource };

/** The flags of the epilogue, which all families share. */
const epilogueFlags = {
  BIAS: [false, true],
  RESIDUAL: [false, true],
  RESIDUAL_TEXELS: [false, true],
  ACTIVATION: ["none", "quick_gelu", "gelu", "gelu_tanh", "relu"],
  Y_VEC4: [true, false],
} as const;
const epilogue = activationFunctions + storeSource;
// Only panels read texels, and only where a texel is four numbers of one row.
const oddTexels = ({ RESIDUAL, RESIDUAL_TEXELS, Y_VEC4, LANES }: Flags) =>
  RESIDUAL_TEXELS === true && !(RESIDUAL && Y_VEC4 && LANES !== undefined);

/** The matmul of software adapters. */
export const panelShader: Shader = {
  name: "panel.ts",
  source: (flags) => epilogue + panelSource(flags),
  flags: {
    LANES: [4, 8, 16],
    ROWS: panelHeights,
    COLUMNS4: [1, 2],
    FORMAT: ["rgba32float", "rgba16float"],
    ...epilogueFlags,
  },
  excludes: oddTexels,
};
/** The matmul of GPUs. */
export const tileShader: Shader = {
  name: "tile.ts",
  source: (flags) =>
    (flags.SPLIT ? "" : epilogue) + tileSource(tiles[flags.TILE as TileName], flags),
  flags: {
    TILE: Object.keys(tiles),
    HALF: [false, true],
    SPLIT: [false, true],
    ...epilogueFlags,
  },
  // Parts of sums have no epilogue yet.
  excludes: (flags) =>
    oddTexels(flags) ||
    flags.SPLIT === true &&
      (flags.BIAS === true || flags.RESIDUAL === true || flags.ACTIVATION !== "none" ||
        flags.Y_VEC4 === false),
};
/** Adds up the parts of a split matmul of GPUs. */
export const sumPartsShader: Shader = {
  name: "sum_parts.wgsl",
  source: (flags) => epilogue + epilogueBindings(flags) + sumPartsSource,
  flags: epilogueFlags,
  excludes: oddTexels,
};
/** The matmul of GPUs for few rows. */
export const skinnyShader: Shader = {
  name: "skinny.ts",
  source: (flags) => epilogue + skinnySource(flags),
  flags: { ROWS: [1, 4, 8], HALF: [false, true], ...epilogueFlags },
  excludes: oddTexels,
};

/** Every shader that a matmul can dispatch. */
export const matmulShaders = [
  stageShader,
  panelShader,
  tileShader,
  sumPartsShader,
  skinnyShader,
  ...packShaders,
];
