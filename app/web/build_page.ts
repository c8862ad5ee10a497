import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { sha256 } from "../../io/files/sha256.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Files of the page that are copied as they are: from the checkout, and their names in the page. */
const copied: Readonly<Record<string, string>> = {
  "web/index.html": "index.html",
  "web/style.css": "style.css",
  "demo/model/model.safetensors": "model/model.safetensors",
  "demo/model/tokenizer.json": "model/tokenizer.json",
  "demo/model/config.json": "model/config.json",
  "demo/model/head.safetensors": "model/head.safetensors",
  "demo/sample/pain.mp4": "sample.mp4",
  "media/face/face_detection_short_range.tflite": "face_detection_short_range.tflite",
  "media/face/NOTICE": "face_detection.NOTICE.txt",
  "media/face/LICENSE": "face_detection.LICENSE.txt",
};

/** The programs of the page, and what each begins with. */
const programs: Readonly<Record<string, string>> = {
  "page.js": "web/page/main.ts",
  "worker.js": "web/worker/worker.ts",
};

/** A file of the built page. */
export interface BuiltFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

/** Builds the page into a folder of static files, with a list of them that the page checks them by. */
export async function buildPage(folder: string): Promise<BuiltFile[]> {
  const written: string[] = [];
  const write = async (name: string, bytes: Uint8Array<ArrayBuffer>) => {
    const path = join(folder, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, bytes);
    written.push(name);
  };
  for (const [name, entry] of Object.entries(programs)) await write(name, await bundle(entry));
  for (const [from, name] of Object.entries(copied)) {
    await write(name, await Deno.readFile(join(root, from)));
  }
  const files = await Promise.all(written.map(async (name): Promise<BuiltFile> => {
    const bytes = await Deno.readFile(join(folder, name));
    return { name, size: bytes.length, sha256: await sha256([bytes]) };
  }));
  await write("files.json", new TextEncoder().encode(JSON.stringify(files, null, 1)));
  return files;
}

/** Lines of comments in the texts of shaders, which minifying leaves: it takes out all others. */
const shaderComments = /^ *\/\/ .*\n/gm;

/** A program with all that it imports, as one module. */
async function bundle(entry: string): Promise<Uint8Array<ArrayBuffer>> {
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: ["bundle", "--quiet", "--platform", "browser", "--minify", join(root, entry)],
    cwd: root,
    stdin: "null",
  }).output();
  if (code === 0) {
    const program = new TextDecoder().decode(stdout);
    return new TextEncoder().encode(program.replace(shaderComments, ""));
  }
  throw new Error(
    `Cannot build the page: \`deno bundle ${entry}\` failed: ` +
      new TextDecoder().decode(stderr).trim(),
  );
}
