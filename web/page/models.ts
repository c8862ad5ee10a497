/// <reference lib="dom" />
import type { ModelFiles } from "../messages.ts";
import { texts } from "../texts.ts";
import { fetchFile, listFiles } from "./weights.ts";

const detectorName = "face_detection_short_range.tflite";

/** Fetches the demo's model, or takes it from the cache. */
export async function fetchDemo(onShare: (done: number, of: number) => void): Promise<ModelFiles> {
  const listed = await listFiles();
  const names = [
    "model/model.safetensors",
    "model/tokenizer.json",
    "model/config.json",
    "model/head.safetensors",
    detectorName,
  ];
  const files = names.map((name) => {
    const file = listed.get(name);
    if (!file) throw new Error(`Cannot fetch "${name}": the page was built without it`);
    return file;
  });
  const of = files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const take = (count: number) => onShare(done += count, of);
  const [weights, tokenizer, config, head, detector] = await Promise.all(
    files.map((file) => fetchFile(file, take)),
  ) as [Bytes, Bytes, Bytes, Bytes, Bytes];
  const decoder = new TextDecoder();
  return {
    name: "the demo's model",
    weights,
    tokenizer: decoder.decode(tokenizer),
    config: decoder.decode(config),
    head,
    headName: "the demo's head",
    detector,
  };
}

type Bytes = Uint8Array<ArrayBuffer>;

/** A model out of files that the user chose. */
export async function readOwn(files: readonly File[]): Promise<ModelFiles> {
  const named = (test: (file: File) => boolean) => files.find(test);
  const bytesOf = async (file: File) => new Uint8Array(await file.arrayBuffer());
  const missing = (what: string) => new Error(texts.ownModelMissing(what));
  const weights = named(({ name }) => /^(model\.safetensors|pytorch_model\.bin)$/.test(name));
  const tokenizer = named(({ name }) => name === "tokenizer.json");
  const head = named((file) => file !== weights && /\.(safetensors|pth)$/.test(file.name));
  if (!weights) throw missing("model.safetensors");
  if (!tokenizer) throw missing("tokenizer.json");
  if (!head) throw missing("head (.safetensors or .pth)");
  const detector = (await listFiles()).get(detectorName);
  if (!detector) throw missing(detectorName);
  return {
    name: weights.name,
    weights: await bytesOf(weights),
    tokenizer: await tokenizer.text(),
    config: await named(({ name }) => name === "config.json")?.text(),
    head: await bytesOf(head),
    headName: head.name,
    detector: await fetchFile(detector),
  };
}
