import { join } from "node:path";
import project from "../../deno.json" with { type: "json" };
import { onnxruntimeVersion } from "../../bench/peers/clip/onnxruntime.ts";

/** The packages that benchmarks fetch, and what stands in for them, so that tests need no network. */
const standIns = {
  "npm:@tensorflow/tfjs-core@4.22.0": "tfjs_core.ts",
  "npm:@tensorflow/tfjs-backend-webgpu@4.22.0": "tfjs_backend_webgpu.ts",
  "npm:@jax-js/jax@0.1.25": "jax.ts",
  [`npm:onnxruntime-node@${onnxruntimeVersion}`]: "onnxruntime.ts",
};

/** Writes a configuration in which packages are stand-ins, and gives the options that use it. */
export async function withStandIns(folder: string): Promise<string[]> {
  const path = join(folder, "deno.json"), root = new URL("../../", import.meta.url);
  const here = (specifier: string) =>
    specifier.startsWith(".") ? new URL(specifier, root).href : specifier;
  const imports = Object.fromEntries([
    ...Object.entries(project.imports).map(([name, target]) => [name, here(target)]),
    ...Object.entries(standIns).map((
      [name, file],
    ) => [name, new URL(file, import.meta.url).href]),
  ]);
  await Deno.writeTextFile(path, JSON.stringify({ imports }));
  return ["--config", path, "--no-lock"];
}
