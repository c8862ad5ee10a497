import { type Refuse, shown } from "../files/format_error.ts";
import { PickledObject } from "./pickle_value.ts";
import { TorchTensor } from "./torch_globals.ts";

/** The contents of a checkpoint by dotted names such as `visual.conv1.weight`. */
export interface FlatCheckpoint {
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  /** Numbers, texts and truth values. */
  readonly scalars: ReadonlyMap<string, string>;
}

const deepest = 64;

/**
 * Gives everything in nested dicts, lists and modules a dotted name. In a malicious pickle, one dict may
 * occur in many places or contain itself, so the depth and the total length of names are limited by what
 * a valid pickle of `pickleLength` bytes can need.
 */
export function flattenCheckpoint(
  root: unknown,
  pickleLength: number,
  refuse: Refuse,
): FlatCheckpoint {
  const tensors = new Map<string, TorchTensor>(), scalars = new Map<string, string>();
  let allowance = Math.min(2 ** 16 + 64 * pickleLength, 2 ** 28);
  const spend = (amount: number) => {
    allowance -= amount;
    if (allowance < 0) throw refuse("its names would be longer than the file: refused");
  };
  const visit = (value: unknown, prefix: string, depth: number): void => {
    spend(1 + prefix.length);
    if (depth > deepest) throw refuse(`it is nested deeper than ${deepest}: refused`);
    const name = prefix.slice(0, -1);
    if (value instanceof PickledObject) visit(value.state, prefix, depth + 1);
    else if (value instanceof Map || Array.isArray(value)) {
      for (const [key, item] of value.entries()) visit(item, `${prefix}${key}.`, depth + 1);
    } else if (value instanceof TorchTensor) {
      claim(name);
      tensors.set(name, value);
    } else if (["string", "number", "bigint", "boolean"].includes(typeof value)) {
      claim(name);
      scalars.set(name, `${value}`);
    }
  };
  const claim = (name: string) => {
    if (tensors.has(name) || scalars.has(name)) throw refuse(`it has two of "${shown(name)}"`);
  };
  visit(root, "", 0);
  return { tensors, scalars };
}
