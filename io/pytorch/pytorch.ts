import type { ByteSource } from "../files/byte_source.ts";
import { FormatError, type Refuse, shown } from "../files/format_error.ts";
import { PickledObject, unpickle } from "./pickle.ts";
import { bytesPerStored } from "../tensors/stored_type.ts";
import { countOf, gather, isContiguous, rowsOf, spanOf, type StridedLayout } from "./strided.ts";
import {
  checkRows,
  type StoredTensor,
  storedTensor,
  type TensorFile,
} from "../tensors/tensor_file.ts";
import { TorchTensor, torchWorld } from "./torch_globals.ts";
import { openZip, type Zip } from "./zip.ts";
import type { ZipEntry } from "./zip_directory.ts";

/** Where a tensor's elements are. */
interface PlacedTensor extends StoredTensor {
  readonly entry: ZipEntry;
  readonly layout: StridedLayout;
}

/** Every tensor takes some fifty bytes of it. */
const longestPickle = 2 ** 24;

/** The most levels of dicts, lists and modules. */
const deepest = 64;

/**
 * Opens what `torch.save` writes since PyTorch 1.6 (`.pth`, a state dict or dicts of them), or
 * `torch.jit.save` (`.pt`, a module). Tensors get dotted names, and the numbers and texts beside
 * them become the metadata. No Python is run, and unknown classes and functions are refused.
 */
export async function openPytorch(source: ByteSource): Promise<TensorFile> {
  const refuse: Refuse = (why) => new FormatError(`Cannot read "${source.name}": ${why}`);
  if (source.size > 0 && (await source.read(0, 1))[0] === 0x80) {
    throw refuse(
      "it has the form in which PyTorch saved before 1.6: save it again, in a newer one, by " +
        'torch.save(torch.load("old.pth", map_location="cpu"), "new.pth"), or as safetensors',
    );
  }
  const zip = await openZip(source);
  const { pickle, folder } = findPickle(zip, refuse);
  await checkByteOrder(zip, folder, refuse);
  if (pickle.size > longestPickle) {
    throw refuse(`its pickle has ${pickle.size} bytes: ${longestPickle} is the most`);
  }
  const root = unpickle(await zip.read(pickle), torchWorld(refuse), refuse);
  if (!(root instanceof Map || root instanceof PickledObject || Array.isArray(root))) {
    throw refuse("it has neither a dict of tensors nor a module: save a state dict");
  }
  const { tensors: found, scalars: metadata } = flattenCheckpoint(root, pickle.size, refuse);
  const tensors = new Map<string, PlacedTensor>();
  for (const [name, tensor] of found) {
    const entry = zip.entries.get(`${folder}data/${tensor.storage.key}`);
    tensors.set(name, place(name, tensor, entry, source.size, refuse));
  }
  const file: TensorFile = {
    name: source.name,
    tensors,
    metadata,
    async read(name, rows) {
      const tensor = storedTensor(file, name) as PlacedTensor;
      if (!rows) return await readLayout(zip, tensor, tensor.layout);
      checkRows(name, tensor, rows);
      return await readLayout(zip, tensor, rowsOf(tensor.layout, rows.first, rows.count));
    },
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
  return file;
}

/** The archive has one folder, of any name, with `data.pkl` and all else in it. */
function findPickle({ entries }: Zip, refuse: Refuse) {
  const found = [...entries.values()].filter(({ name }) => /^([^/]*\/)?data\.pkl$/.test(name));
  const [pickle] = found;
  if (pickle === undefined) throw refuse("it is a zip, but not PyTorch's: it has no data.pkl");
  if (found.length > 1) throw refuse("it has more than one data.pkl");
  return { pickle, folder: pickle.name.slice(0, -"data.pkl".length) };
}

/** Older files have no such entry; they are all little-endian. */
async function checkByteOrder(zip: Zip, folder: string, refuse: Refuse): Promise<void> {
  const entry = zip.entries.get(`${folder}byteorder`);
  if (entry === undefined) return;
  const order = entry.size > 16 ? "" : new TextDecoder().decode(await zip.read(entry)).trim();
  if (order === "little") return;
  throw refuse(
    `its byte order is "${shown(order)}": wanted little: save it again on such a machine`,
  );
}

/** Throws unless all of the tensor is in its storage, and all of the storage in the file. */
function place(
  name: string,
  { storage, layout }: TorchTensor,
  entry: ZipEntry | undefined,
  fileSize: number,
  refuse: Refuse,
): PlacedTensor {
  const { dtype, key, count } = storage, bytes = bytesPerStored[dtype];
  const { offset, shape } = layout, span = spanOf(layout), total = countOf(layout) * bytes;
  if (entry === undefined) {
    throw refuse(`the elements of "${shown(name)}", data/${shown(key)}, are missing`);
  }
  if (count * bytes > entry.size) {
    throw refuse(`data/${shown(key)} in it has ${entry.size} bytes: wanted ${count} of ${dtype}`);
  }
  if (span > 0 && offset + span > count) {
    throw refuse(
      `"${shown(name)}" takes ${span} elements from ${offset} on: its storage has ${count}`,
    );
  }
  // An expanded tensor repeats elements: a few bytes could claim millions of them.
  if (total > fileSize) {
    throw refuse(
      `"${shown(name)}" would become ${total} bytes, more than the file: save a .clone() of it`,
    );
  }
  return { dtype, shape, entry, layout };
}

async function readLayout(
  zip: Zip,
  { dtype, entry }: PlacedTensor,
  layout: StridedLayout,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = bytesPerStored[dtype], length = spanOf(layout) * bytes;
  if (length === 0) return new Uint8Array(0);
  const span = await zip.read(entry, layout.offset * bytes, length);
  return isContiguous(layout) ? span : gather(span, layout, bytes);
}

/**
 * Gives the tensors in nested dicts, lists and modules dotted names such as `visual.conv1.weight`, and the
 * scalars beside them: numbers, texts and truth values. In a malicious pickle, one dict may
 * occur in many places or contain itself, so the depth and the total length of names are limited by what
 * a valid pickle of `pickleLength` bytes can need.
 */
function flattenCheckpoint(root: unknown, pickleLength: number, refuse: Refuse) {
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
