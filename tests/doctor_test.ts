import assert from "node:assert/strict";
import { join } from "node:path";
import { judge } from "../app/doctor/check_device.ts";
import { checkWeights } from "../app/doctor/check_places.ts";
import { attempt, findingLines } from "../app/doctor/finding.ts";
import { hubSettings } from "../io/hub/hub_settings.ts";
import { pinnedModels } from "../io/hub/model_files.ts";
import { gpuTest } from "./devices.ts";
import { temporaryFolder } from "./fake_hub.ts";
import { runDeno } from "./fakes.ts";
import { wordsOf } from "./task_permissions.ts";

/** The command with the permissions of its task, and everything that it looks at below a folder. */
const doctor = (folder: string, env: Record<string, string> = {}, ...args: string[]) =>
  runDeno(["run", "--quiet", "--no-prompt", ...wordsOf("doctor"), ...args], {
    HF_HUB_CACHE: join(folder, "hub"),
    AUTT_MODELS: join(folder, "models"),
    AUTT_SUBJECTS: join(folder, "people"),
    ...env,
  });

gpuTest("doctor draws, encodes, decodes and decides, and tells where the weights are", async () => {
  await using folder = await temporaryFolder();
  const { code, stdout, stderr } = await doctor(folder.path);
  assert.equal(code, 0, stdout + stderr);
  for (
    const line of [
      /^ {2}ok +runtime +Deno 2\./m,
      /^ {2}ok +ffmpeg +ffmpeg version /m,
      /^ {2}ok +adapter +\S/m,
      /^ {2}ok +arithmetic +as in float64 up to \de-\d/m,
      /^ {2}ok +decision +a drawn face, at rest and in pain: neutral \d\d\.\d %, pain \d\d\.\d %$/m,
      /^ {2}ok +video +the demo's video: (\d+) frames, a face in \1$/m,
      /^ {2}missing +weights +none of CLIP's are here\n +-> \.\/autt weights vit-b-32/m,
      /^all that must work does; what is missing is said above$/m,
    ]
  ) assert.match(stdout, line);
  assert.ok(stdout.includes(join(folder.path, "people")));
  assert.deepEqual([...Deno.readDirSync(folder.path)], [], "it leaves nothing");
});

gpuTest("doctor says what fails, goes on with the rest, and ends with 1", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(join(folder.path, "file"), "");
  const { code, stdout } = await doctor(folder.path, {
    AUTT_FFMPEG: join(folder.path, "none"),
    AUTT_MODELS: join(folder.path, "file", "models"),
  });
  assert.equal(code, 1);
  assert.match(stdout, /^ {2}failed +ffmpeg +.*\n +-> install ffmpeg/m);
  assert.match(
    stdout,
    /^ {2}failed +models +.*\n +-> make that folder writable, or name another in/m,
  );
  assert.match(stdout, /^ {2}ok +decision/m);
  assert.doesNotMatch(stdout, /^ +\w+ +video /m);
  assert.match(stdout, /^2 of \d+ checks failed$/m);
});

Deno.test("doctor refuses what it does not know, and tells of an adapter that is not there", async () => {
  await using folder = await temporaryFolder();
  const [strange, adapterless] = await Promise.all([
    doctor(folder.path, {}, "video.mp4"),
    doctor(folder.path, { VK_DRIVER_FILES: "/dev/null", DENO_WEBGPU_BACKEND: "vulkan" }),
  ]);
  assert.equal(strange.code, 2);
  assert.match(strange.stderr, /Cannot look at "video.mp4": doctor takes options only/);
  if (Deno.build.os !== "linux") return;
  assert.equal(adapterless.code, 1);
  assert.match(adapterless.stdout, /^ {2}failed +adapter +.*\n +-> install a driver/m);
  assert.doesNotMatch(adapterless.stdout, /arithmetic|decision/);
});

Deno.test("a device that computes wrongly is told", async () => {
  const wrongly = () => Promise.resolve(judge(Float32Array.of(0.5, 0.4997), [0.5, 0.5]));
  const finding = await attempt("arithmetic", "take another", wrongly);
  assert.deepEqual(findingLines(finding), [
    "  failed   arithmetic   matmul and softmax differ from float64 by 3.0e-4, more than float32 explains",
    "                        -> take another",
  ]);
  for (const y of [NaN, Infinity]) assert.throws(() => judge(Float32Array.of(y), [0.5]));
  assert.match(judge(Float32Array.of(0.5), [0.50001]), /^as in float64 up to 1e-5/);
});

Deno.test("doctor lists the weights that are there", async () => {
  await using folder = await temporaryFolder();
  const settings = hubSettings((name) =>
    ({
      HOME: folder.path,
      HF_HUB_CACHE: join(folder.path, "hub"),
      AUTT_MODELS: join(folder.path, "models"),
    })[name]
  );
  const imported = async (name: string) => {
    await Deno.mkdir(join(settings.models, name), { recursive: true });
    await Deno.writeTextFile(join(settings.models, name, "model.safetensors"), "");
  };
  await imported("vit-l-14");
  const other = await checkWeights(settings);
  assert.deepEqual([other.state, other.found], ["missing", "vit-l-14, but not vit-b-32"]);
  await imported(pinnedModels[0]!.name);
  assert.deepEqual(await checkWeights(settings), {
    what: "weights",
    state: "ok",
    found: "vit-b-32, vit-l-14",
  });
});
