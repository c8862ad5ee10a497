import { formatShape } from "../../engine/mod.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { readNumbers } from "../named_numbers.ts";
import type { FrameParameters } from "./parameters.ts";
import { type FrameForm, frameShapes, type FrameSizes, modalityOrder } from "./sizes.ts";

/** What a checkpoint does not say. */
export interface CheckpointOptions {
  /** What its names begin with; found if left out. */
  readonly prefix?: string;
  /** In which order its modalities were joined; the authors' if left out. */
  readonly order?: readonly string[];
  /** LFAN's heads; the authors' two if left out. */
  readonly heads?: number;
}

const firstBlock = /temporal\.([^.]+)\.network\.0\.conv1\.weight_v$/;

/**
 * Reads LFAN or CAN from a checkpoint of the authors, whose sizes its tensors tell. The frozen backbone
 * (`spatial`), what is there under a second name (`net`), and CAN's convolution that nothing uses (`conv_c`)
 * are left in the file.
 */
export async function readFrameCheckpoint(
  file: TensorFile,
  options: CheckpointOptions = {},
): Promise<FrameParameters> {
  const refuse = (why: string) => new TypeError(`Cannot load LFAN or CAN "${file.name}": ${why}`);
  const first = [...file.tensors.keys()].find((name) => firstBlock.test(name));
  const prefix = options.prefix ?? first?.replace(/temporal\..*/, "") ?? "";
  const sizes = readSizes(file, prefix, options, refuse);
  return { sizes, numbers: await readNumbers(file, frameShapes(sizes), prefix) };
}

function readSizes(
  file: TensorFile,
  prefix: string,
  { order, heads = 2 }: CheckpointOptions,
  refuse: (why: string) => TypeError,
): FrameSizes {
  const axis = (name: string, at: number) => file.tensors.get(prefix + name)?.shape[at];
  const found = [...file.tensors.keys()].flatMap((name) =>
    name.startsWith(`${prefix}temporal.`) ? firstBlock.exec(name)?.[1] ?? [] : []
  );
  if (found.length === 0) {
    throw refuse(`wanted "${prefix}temporal.NAME.network.0.conv1.weight_v": it has none`);
  }
  const names = inOrder(found, order, refuse);
  const taps = axis(`temporal.${names[0]}.network.0.conv1.weight_v`, 2) ?? 0;
  const modalities = names.map((name) => {
    const channels: number[] = [];
    for (;;) {
      const next = axis(`temporal.${name}.network.${channels.length}.conv1.bias`, 0);
      if (next === undefined) break;
      channels.push(next);
    }
    return { name, width: axis(`temporal.${name}.network.0.conv1.weight_v`, 1) ?? 0, channels };
  });
  const asLfan = axis(`fusion.layers.self_attn.qkv_proj.${names[0]}.bias`, 0);
  const asCan = axis("fuse.attn.0.bias", 0);
  const form: FrameForm = asLfan === undefined ? "can" : "lfan";
  const width = asLfan === undefined ? asCan : asLfan / 3;
  if (width === undefined) {
    throw refuse(
      `wanted "fusion.layers.self_attn.qkv_proj.${
        names[0]
      }.bias" of LFAN or "fuse.attn.0.bias" of ` +
        `CAN: it has neither, so it is another model`,
    );
  }
  if (!Number.isInteger(width) || (form === "lfan" && width % heads !== 0)) {
    throw refuse(
      `wanted queries, keys and values for ${heads} heads: got ${
        formatShape([asLfan ?? width])
      } numbers of "${names[0]}"`,
    );
  }
  const classes = axis(form === "lfan" ? "regressor.bias" : "fc2.bias", 0) ?? 0;
  return { form, modalities, taps, width, heads, classes };
}

/**
 * The modalities in the order in which the model joins them. A file does not tell: CAN numbers its
 * projections, and files of safetensors are sorted.
 */
function inOrder(
  found: readonly string[],
  order: readonly string[] | undefined,
  refuse: (why: string) => TypeError,
): readonly string[] {
  const known: readonly string[] = order ?? modalityOrder;
  const strange = found.find((name) => !known.includes(name));
  if (strange !== undefined) {
    throw refuse(`its modality "${strange}" has no place in the order: got ${known.join(", ")}`);
  }
  return known.filter((name) => found.includes(name));
}
