import { dirname } from "node:path";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { encodePictures } from "../../media/features/encode_pictures.ts";
import { ImagePreparer } from "../../media/image_preparer.ts";
import { clipName } from "../../model/clip/config.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { type Embeddings, encodeEmbeddings, outputFormats } from "./output.ts";
import { formatSimilarities } from "./similarities.ts";
import { modelPath } from "../terminal/model_path.ts";
import { clearStatus, showStatus } from "../terminal/status_line.ts";
import {
  modelHelp,
  modelOptions,
  openNamed,
  parseOptions,
  readPrecision,
  switches,
  UsageError,
  userPath,
} from "../terminal/terminal.ts";

const help = `Embeds images and texts with CLIP and prints how similar they are.

usage: ./autt embed [IMAGE …] [--text TEXT …] [options]
  --text TEXT       a text; may be repeated
  --texts FILE      a file with one text per line
  --model NAME      a model of \`./autt weights\`, ORG/REPO, a folder or a file
                    (default vit-b-32)
  --out FILE        write the embeddings as well: ${
  outputFormats.join(", ")
} by its ending; may be repeated
  --raw             write them as computed, not scaled to unit length
  --truncate        cut texts of more than 77 tokens instead of refusing them
${modelHelp}

The table has images in rows and texts in columns; with images or texts alone, it compares each with each.
Numbers are cosines; with several texts, CLIP's softmax over them follows. In an npy file, the rows of images
come first.`;

/** The `embed` command. */
export async function embed(args: string[]): Promise<number> {
  const { values, positionals: paths } = parseOptions(args, {
    ...modelOptions,
    text: { type: "string", multiple: true, default: [] },
    texts: { type: "string" },
    model: { type: "string", default: "vit-b-32" },
    out: { type: "string", multiple: true, default: [] },
    ...switches("raw", "truncate"),
  }, help);
  const texts = [
    ...values.text,
    ...values.texts === undefined ? [] : await readLines(values.texts),
  ];
  if (paths.length + texts.length === 0) {
    throw new UsageError("Cannot embed nothing: name images, or texts with --text");
  }
  const format = values.out.find((path) => !outputFormats.some((ending) => path.endsWith(ending)));
  if (format !== undefined) {
    throw new UsageError(
      `Cannot write "${format}": its ending must be one of ${outputFormats.join(", ")}`,
    );
  }
  await checkPaths(paths, values.out);
  const precision = readPrecision(values.precision);
  const model = await modelPath(values.model, values.yes);
  using device = await openNamed(values);
  using clip = await loadClip(device, model, { precision });
  using preparer = new ImagePreparer(device, clip.config.image.size);
  // Texts first: they are quick, and one that is too long is found before the images are read.
  const textRows = await clip.encodeTexts(texts, { truncate: values.truncate });
  const embeddings: Embeddings = {
    model: `${clipName(clip.config)} (${values.model})`,
    width: clip.config.embedding,
    images: paths,
    texts,
    imageRows: await encodePictures(clip, preparer, paths.map(userPath), {
      onProgress: paths.length > clip.images.batch ? showProgress : undefined,
    }),
    textRows,
  };
  console.log(formatSimilarities(embeddings, clip.logitScale));
  for (const path of values.out) {
    await writeAtomically(userPath(path), encodeEmbeddings(embeddings, path, values.raw));
  }
  return 0;
}

/** Checks what can be checked before a model is loaded. */
async function checkPaths(images: readonly string[], outputs: readonly string[]): Promise<void> {
  for (const path of images) {
    const why = await Deno.stat(userPath(path))
      .then(({ isFile }) => isFile ? undefined : "it is not a file", reasonOf);
    if (why !== undefined) throw new Error(`Cannot read "${path}" as an image: ${why}`);
  }
  for (const path of outputs) {
    const folder = dirname(userPath(path));
    const why = await Deno.stat(folder)
      .then(({ isDirectory }) => isDirectory ? undefined : "it is not a folder", reasonOf);
    if (why !== undefined) throw new Error(`Cannot write "${path}" into ${folder}: ${why}`);
  }
}

const reasonOf = (error: unknown) =>
  error instanceof Deno.errors.NotFound ? "it is not there" : (error as Error).message;

function showProgress(done: number, count: number): void {
  if (!Deno.stderr.isTerminal()) return;
  if (done < count) showStatus(`${done} of ${count} images`);
  else clearStatus();
}

async function readLines(path: string): Promise<string[]> {
  let text: string;
  try {
    text = await Deno.readTextFile(userPath(path));
  } catch (error) {
    throw new Error(`Cannot read texts from "${path}": ${reasonOf(error)}`);
  }
  return text.replace(/^\uFEFF/, "").split(/\r?\n/).filter((line) => line.trim() !== "");
}
