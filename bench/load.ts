/**
 * `./autt bench:load`: how long it takes to load ViT-B/32, and how much memory.
 *
 * @module
 */
import { parseOptions, runCommand } from "../app/terminal/terminal.ts";
import { elements } from "../engine/mod.ts";
import { type Precision, precisions } from "../model/clip/precision.ts";
import { type ClipConfig, clipName } from "../model/clip/config.ts";
import { effortOf, parseRounds, quickHelp, quickOption } from "./effort.ts";
import type { LoadCost } from "./load_once.ts";
import { madeUpClip } from "./made_up_clip.ts";

const help = `Writes made-up weights of ViT-B/32 to a temporary file (605 MB) and loads it, with its
weights as they are (f32) and as halves (f16).

usage: ./autt bench:load [options]
  --rounds N        loads of each, all in processes of their own (default 3)
${quickHelp}
  -h, --help        this text`;

async function benchLoad(args: string[]): Promise<number> {
  const { values } = parseOptions(args, {
    ...quickOption,
    rounds: { type: "string", default: "3" },
  }, help);
  const rounds = parseRounds(values.rounds), { model } = effortOf(values);
  const path = await Deno.makeTempFile({ suffix: ".safetensors" });
  try {
    const size = await writeMadeUp(path, model);
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
    console.log(`${clipName(model)}, ${megabytes(size)} of float32 in safetensors`);
    for (let round = 0; round < rounds; round++) {
      for (const precision of precisions) {
        const { seconds, coreSeconds, peak, before, after, device } = await loadOnce(
          path,
          precision,
        );
        console.log(
          `${precision}: ${seconds.toFixed(2)} s, ${coreSeconds.toFixed(2)} core-s, ` +
            `peak of resident memory ${megabytes(peak)} = ${(peak / size).toFixed(2)} x the file ` +
            `(${megabytes(before)} before it was opened, ${megabytes(after)} once it is loaded, ` +
            `${megabytes(device)} of it of the device)`,
        );
      }
    }
  } finally {
    await Deno.remove(path);
  }
  return 0;
}

/** Writes the file tensor by tensor; gives its size. */
async function writeMadeUp(path: string, config: ClipConfig): Promise<number> {
  const made = madeUpClip(config);
  let at = 0;
  const header = Object.fromEntries(
    [...made.tensors].map(([name, { dtype, shape }]) => {
      const start = at;
      at += 4 * elements(shape);
      return [name, { dtype, shape, data_offsets: [start, at] }];
    }),
  );
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(BigUint64Array.of(BigInt(text.length)).buffer);
  using file = await Deno.open(path, { write: true, truncate: true });
  const writer = file.writable.getWriter();
  await writer.write(length);
  await writer.write(text);
  for (const name of made.tensors.keys()) await writer.write(await made.read(name));
  await writer.close();
  return 8 + text.length + at;
}

async function loadOnce(path: string, precision: Precision): Promise<LoadCost> {
  const script = new URL("./load_once.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: ["run", "--quiet", "--allow-read", "--allow-env", script, path, precision],
  }).output();
  const text = new TextDecoder();
  if (code !== 0) throw new Error(`Cannot load the made-up weights: ${text.decode(stderr)}`);
  return JSON.parse(text.decode(stdout));
}

if (import.meta.main) await runCommand(benchLoad, Deno.args);
