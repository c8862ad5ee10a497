import { type Refuse, shown } from "../files/format_error.ts";
import { PickledClass, PickledFunction, type PickleWorld } from "./pickle.ts";
import type { StridedLayout } from "./strided.ts";
import type { StoredType } from "../tensors/stored_type.ts";

/** Elements that lie in an entry of the archive. */
export class TorchStorage {
  readonly dtype: StoredType;
  /** The entry's name in the archive's folder `data`. */
  readonly key: string;
  readonly count: number;

  constructor(dtype: StoredType, key: string, count: number) {
    this.dtype = dtype;
    this.key = key;
    this.count = count;
  }
}

/** A view of a storage. */
export class TorchTensor {
  readonly storage: TorchStorage;
  readonly layout: StridedLayout;

  constructor(storage: TorchStorage, layout: StridedLayout) {
    this.storage = storage;
    this.layout = layout;
  }
}

/** The class of a storage. */
class TorchStorageType {
  readonly dtype: StoredType;

  constructor(dtype: StoredType) {
    this.dtype = dtype;
  }
}

const storageTypes: ReadonlyMap<string, StoredType> = new Map([
  ["torch.DoubleStorage", "F64"],
  ["torch.FloatStorage", "F32"],
  ["torch.HalfStorage", "F16"],
  ["torch.BFloat16Storage", "BF16"],
  ["torch.LongStorage", "I64"],
  ["torch.IntStorage", "I32"],
  ["torch.ShortStorage", "I16"],
  ["torch.CharStorage", "I8"],
  ["torch.ByteStorage", "U8"],
  ["torch.BoolStorage", "BOOL"],
]);

const elementTypes: ReadonlySet<string> = new Set(
  ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"]
    .map((name) => `torch.${name}`),
);

/** Functions that return their first argument, which is all that matters here. */
const wrappers = [
  "torch.Size",
  "torch.device",
  "torch.jit._pickle.build_boollist",
  "torch.jit._pickle.build_doublelist",
  "torch.jit._pickle.build_intlist",
  "torch.jit._pickle.build_tensorlist",
  "torch.jit._pickle.restore_type_tag",
];

/** PyTorch's own limit. Without one, many tensors could share one shape of a million axes. */
const mostAxes = 64;
const longestKey = 64;

/** The names that a checkpoint may use. None of them runs code. */
export function torchWorld(refuse: Refuse): PickleWorld {
  const wrong = (what: string) => refuse(`its pickle is damaged: ${what}`);
  const functions = new Map<string, PickledFunction["call"]>([
    ["collections.OrderedDict", (args) => {
      if (args.length > 0) throw wrong("an OrderedDict that is not made empty");
      return new Map();
    }],
    ["torch._utils._rebuild_tensor_v2", (args) => rebuildTensor(args, refuse)],
    ["torch._utils._rebuild_parameter", ([tensor]) => {
      if (!(tensor instanceof TorchTensor)) throw wrong("a parameter that is no tensor");
      return tensor;
    }],
  ]);
  for (const name of wrappers) {
    functions.set(name, (args) => {
      if (args.length === 0) throw wrong(`${name} of nothing`);
      return args[0];
    });
  }
  return {
    findGlobal(name) {
      const known = functions.get(name);
      if (known) return new PickledFunction(known);
      const storage = storageTypes.get(name);
      if (storage) return new TorchStorageType(storage);
      if (elementTypes.has(name)) return name;
      // Only the attributes of TorchScript objects are needed.
      if (name.startsWith("__torch__.")) return new PickledClass(name);
      if (name.startsWith("torch.")) {
        throw refuse(
          `it asks for ${
            shown(name)
          }, which cannot be read here: save a state dict of plain tensors`,
        );
      }
      throw refuse(
        `it asks for ${shown(name)}, which a checkpoint has no need of: refused` +
          (name.startsWith("__main__.") ? ": save its state_dict() instead" : ""),
      );
    },
    findPersistent(id) {
      const [kind, type, key, , count] = Array.isArray(id) ? id : [];
      if (
        kind !== "storage" || !(type instanceof TorchStorageType) || typeof key !== "string" ||
        key.length > longestKey || !isSize(count)
      ) throw wrong("it names no storage where it should");
      return new TorchStorage(type.dtype, key, count);
    },
  };
}

function rebuildTensor(args: readonly unknown[], refuse: Refuse): TorchTensor {
  const [storage, offset, shape, stride, , , flags] = args;
  if (
    !(storage instanceof TorchStorage) || !isSize(offset) || !isSizes(shape) || !isSizes(stride) ||
    shape.length !== stride.length
  ) throw refuse("its pickle is damaged: a tensor without a storage, a shape or strides");
  // Flags for elements to be negated or conjugated on reading.
  if (flags instanceof Map && flags.size > 0) {
    throw refuse("it has a tensor that is the negative of another: save a .clone() of it");
  }
  return new TorchTensor(storage, { offset, shape: [...shape], stride: [...stride] });
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length <= mostAxes && value.every(isSize);
}
