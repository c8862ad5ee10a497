import { type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import {
  absoluteDifference,
  add,
  attention,
  concatenate,
  gatherRows,
  gelu,
  l2Normalize,
  matmul,
  multiply,
  scatterRows,
  slice,
} from "../../kernels/mod.ts";
import type { Observe } from "../clip/residual_block.ts";
import { filled, trainedLayerNorm } from "../trained_layer_norm.ts";
import { type ConflictSizes, type Modality, pairsOf, tokenCount } from "./sizes.ts";

/** A modality of a batch. */
export interface ModalityBatch {
  /** `[B, D]`: embeddings; of clips that lack it, any numbers. */
  readonly x: Tensor;
  /** `[B, 1]`: 1 where a clip has it and 0 where not; needed where clips may lack it. */
  readonly has?: Tensor | undefined;
  /** `[B, 1]`: the opposite. */
  readonly lacks?: Tensor | undefined;
}

/** A batch by its modalities. */
export type ConflictBatch = Readonly<Partial<Record<Modality, ModalityBatch>>>;

/** What the model decides. */
export interface ConflictLogits {
  /** `[B, C]`: of everything that is known. */
  readonly main: Tensor;
  /** `[B, C]`: of the words alone, if the model takes words. */
  readonly words: Tensor | undefined;
}

type Weights = ReadonlyMap<string, Tensor>;

/**
 * Conflict fusion: modalities are projected to one width, and every two are compared by their difference
 * and their product, from which a transformer or a perceptron decides. What a clip lacks is replaced by a
 * learned vector.
 */
export function fuseConflict(
  r: Recorder,
  sizes: ConflictSizes,
  w: Weights,
  batch: ConflictBatch,
  observe?: Observe,
): ConflictLogits {
  if (sizes.form === "linear") {
    // What a clip lacks is zeros here: nothing can stand for it.
    const [first, ...others] = sizes.modalities.map(({ name }) =>
      atOneLength(r, name, (batch[name] as ModalityBatch).x)
    ) as [Tensor, ...Tensor[]];
    return { main: linear(r, w, "head", concatenate(r, first, ...others)), words: undefined };
  }
  const projected = sizes.modalities.map(({ name, mayLack }) => {
    const p = project(r, w, sizes.width, name, mayLack, batch[name] as ModalityBatch);
    observe?.(`p_${name}`, p);
    return p;
  });
  const pairs = sizes.form === "concatenation" ? [] : pairsOf(projected);
  const compared = pairs.flatMap(([a, b], i) => {
    const parts = { difference: absoluteDifference(r, a, b), product: multiply(r, a, b) };
    for (const [name, part] of Object.entries(parts)) observe?.(`${name}${i || ""}`, part);
    return Object.values(parts);
  });
  const tokens = [...projected, ...compared];
  const decide = sizes.form === "transformer" ? decideByTransformer : decideByPerceptron;
  const main = linear(r, w, "head", decide(r, sizes, w, tokens, observe));
  observe?.("logits", main);
  const spoken = projected[sizes.modalities.findIndex(({ name }) => name === "text")];
  const words = spoken && linear(r, w, "aux2", gelu(r, linear(r, w, "aux1", spoken)));
  if (words) observe?.("aux_logits", words);
  return { main, words };
}

const linear = (r: Recorder, w: Weights, name: string, x: Tensor, residual?: Tensor) =>
  matmul(r, x, w.get(`${name}.weight`) as Tensor, {
    bias: w.get(`${name}.bias`) as Tensor,
    residual,
  });

/** Layer normalisation by the name of its scale and shift. */
const norm = (r: Recorder, w: Weights, name: string, x: Tensor) =>
  trainedLayerNorm(r, x, w.get(`${name}.weight`) as Tensor, w.get(`${name}.bias`) as Tensor);

/** Embeddings at unit length. Numbers about a voice are standardised: their length means something. */
const atOneLength = (r: Recorder, name: Modality, x: Tensor) =>
  name === "audio" ? x : l2Normalize(r, x);

/** The embeddings of one modality at one width: `[B, d]`. */
function project(
  r: Recorder,
  w: Weights,
  width: number,
  name: Modality,
  mayLack: boolean,
  { x, has, lacks }: ModalityBatch,
): Tensor {
  const p = linear(r, w, name, atOneLength(r, name, x)); // [B, d]
  if (!mayLack) return p;
  if (!has || !lacks) throw new TypeError(`Cannot record ${name}: wanted which clips have it`);
  const there = multiply(r, p, matmul(r, has, filled(r, [1, width], 1)));
  return matmul(r, lacks, w.get(`no_${name}`) as Tensor, { residual: there });
}

function decideByPerceptron(
  r: Recorder,
  _: ConflictSizes,
  w: Weights,
  tokens: readonly Tensor[],
  observe?: Observe,
): Tensor {
  const [first, ...others] = tokens as [Tensor, ...Tensor[]];
  const normed = norm(r, w, "ln", concatenate(r, first, ...others)); // [B, tokens d]
  observe?.("normed", normed);
  const hidden = gelu(r, linear(r, w, "fc", normed)); // [B, hidden]
  observe?.("hidden", hidden);
  return hidden;
}

/** Two pre-norm blocks over a class token and the others; the class token decides. */
function decideByTransformer(
  r: Recorder,
  sizes: ConflictSizes,
  w: Weights,
  tokens: readonly Tensor[],
  observe?: Observe,
): Tensor {
  const { width: d, heads } = sizes, count = tokenCount(sizes) + 1;
  const batch = sizeAt((tokens[0] as Tensor).shape, 0);
  const whole = [batch, count, d];
  const rows = (label: string, numbers: number[]) =>
    r.constant(label, [numbers.length], "u32", Uint32Array.from(numbers));
  const everyClip = (token: number) =>
    rows(`token ${token}`, Array.from({ length: batch }, (_, b) => b * count + token));
  const placed = tokens.map((token, i) => scatterRows(r, token, everyClip(i + 1), whole));
  // What is added to every clip: the class token itself, and the kind of each other token.
  const others = Array.from({ length: count - 1 }, (_, i) => i + 1);
  const table = add(
    r,
    scatterRows(r, w.get("kinds") as Tensor, rows("kinds", others), [count, d]),
    scatterRows(r, asRow(r, w.get("cls") as Tensor), rows("cls", [0]), [count, d]),
  );
  let x = add(r, placed.reduce((sum, token) => add(r, sum, token)), table); // [B, T, d]
  observe?.("tokens", x);
  for (let i = 0; i < sizes.layers; i++) {
    const block = `blocks.${i}`;
    const qkv = linear(r, w, `${block}.qkv`, norm(r, w, `${block}.ln1`, x)); // [B, T, 3 d]
    observe?.(`qkv${i}`, qkv);
    const q = slice(r, qkv, { first: 0, count: d });
    const kv = slice(r, qkv, { first: d, count: 2 * d });
    const y = linear(r, w, `${block}.proj`, attention(r, q, kv, { heads }), x);
    const hidden = gelu(r, linear(r, w, `${block}.fc1`, norm(r, w, `${block}.ln2`, y)));
    x = linear(r, w, `${block}.fc2`, hidden, y);
    observe?.(`block${i}`, x);
  }
  const readout = norm(r, w, "ln", gatherRows(r, x, everyClip(0))); // [B, d]
  observe?.("readout", readout);
  return readout;
}

/** A vector `[d]` as a row `[1, d]`. */
const asRow = (r: Recorder, x: Tensor) =>
  gatherRows(r, x, r.constant("row", [1], "u32", Uint32Array.of(0)));
