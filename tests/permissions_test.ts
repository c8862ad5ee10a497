import assert from "node:assert/strict";
import { join } from "node:path";
import project from "../deno.json" with { type: "json" };
import { fakeHub, someBytes } from "./fake_hub.ts";
import { runDeno } from "./fakes.ts";
import { ffmpeg, withModel } from "./infer_folder.ts";
import { checkPermissions, keptIn, type Task, type TaskCase, wordsOf } from "./task_permissions.ts";
import { encodeSubject } from "../tta/clip_autt/subject_state.ts";

const runs = (Object.keys(project.tasks) as Task[]).filter((task) =>
  project.tasks[task].command.startsWith("deno run")
);

Deno.test("no task may do everything, and only those that fetch may open a connection", () => {
  for (const [name, { command }] of Object.entries(project.tasks)) {
    assert.doesNotMatch(command, /(^| )(-A|--allow-all)( |$)/, name);
    const net = /--allow-net(=\S+)?/.exec(command);
    const wanted: Record<string, string> = {
      weights: "--allow-net",
      "check:faces": "--allow-net=registry.npmjs.org",
      test: "--allow-net=127.0.0.1",
      web: "--allow-net=127.0.0.1",
      submit: "--allow-net=127.0.0.1$AUTT_ALLOW_NET",
      work: "--allow-net=127.0.0.1$AUTT_ALLOW_NET",
      jobs: "--allow-net=127.0.0.1$AUTT_ALLOW_NET",
      serve: "--allow-net=127.0.0.1,0.0.0.0",
      "bench:page": "--allow-net=127.0.0.1",
      "bench:fleet": "--allow-net=127.0.0.1",
    };
    assert.equal(net?.[0], wanted[name], name);
  }
});

/** Those that compute on a device which the user may choose. */
const takeAdapter: ReadonlySet<Task> = new Set([
  ...[
    "watch",
    "infer",
    "work",
    "enroll",
    "embed",
    "tune",
    "train",
    "eval",
    "doctor",
    "serve",
    "golden",
    "demo:zeroshot",
    "demo:units",
    "demo:conflict",
    "demo:timeline",
    "demo:bench",
    "demo:dsfda",
  ] as const,
  ...[
    "bench",
    "bench:device",
    "bench:schedule",
    "bench:peers",
    "bench:clip",
    "bench:tuning",
    "bench:half",
    "bench:dsfda",
    "check",
    "check:faces",
  ] as const,
]);

Deno.test("every task tells its help with the permissions that it lists", async () => {
  for (const task of runs) {
    const { code, stdout, stderr } = await runDeno(
      ["run", "--quiet", "--no-prompt", ...wordsOf(task), "--help"],
    );
    assert.equal(code, 0, `${task}: ${stderr}`);
    assert.match(stdout, new RegExp(`usage: \\./autt ${task}\\b`));
    assert.equal(/--adapter/.test(stdout), takeAdapter.has(task), task);
  }
});

/** Each task at something small, with the permissions that this takes. */
const cases: Partial<Readonly<Record<Task, TaskCase>>> = {
  infer: {
    args: [
      ...["v.mkv", "--head", "head.safetensors", "--model", ".", "--no-face-crop", "--to", "0.4"],
      ...["--json", "o.json", "--report", "o.html", "--least", "0", "--no-adapt"],
    ],
    needs: ["read", "write", "run", "ffi", "env"],
  },
  enroll: {
    args: ["v.mkv", "--subject", "anna", "--model", ".", "--no-face-crop", "--every", "10"],
    needs: ["read", "write", "run", "env"],
  },
  embed: {
    args: ["a.png", "--text", "a", "--model", ".", "--out", "o.npy"],
    needs: ["read", "write", "ffi", "env"],
  },
  train: {
    args: [
      "labels.txt",
      "--root",
      "frames",
      "--model",
      ".",
      "--out",
      "h.safetensors",
      "--epochs",
      "1",
    ],
    needs: ["read", "write", "ffi", "env"],
  },
  eval: {
    args: [
      ...["--dataset", "plain", "--labels", "labels.csv", "--targets", "c", "--model", "."],
      ...["--head", "head.safetensors", "--method", "clip-au", "--no-face-crop"],
      ...["--resamples", "10"],
    ],
    needs: ["read", "write", "run", "ffi", "env"],
  },
  subject: { args: ["anna", "--delete"], needs: ["read", "write"] },
  weights: { args: ["org/clip"], needs: ["read", "write", "net"] },
  golden: { args: ["golden", "--quiet"], needs: ["read"] },
  check: { args: ["add[a=5,b=5]"], needs: [] },
};

for (const [task, one] of Object.entries(cases) as [Task, TaskCase][]) {
  Deno.test(`${task} runs with the permissions that it lists, and says which it lacks`, async () => {
    await withModel(async (folder) => {
      await ffmpeg("-i", join(folder, "v.mkv"), "-frames:v", "1", join(folder, "a.png"));
      await using hub = fakeHub({ "model.safetensors": someBytes(2000) });
      await prepare(folder);
      const env = { ...keptIn(folder), HF_ENDPOINT: hub.endpoint };
      await checkPermissions(task, one, env);
    });
  });
}

async function prepare(folder: string): Promise<void> {
  const people = join(folder, "subjects");
  await Deno.mkdir(people, { recursive: true });
  const numbers = new Float32Array(1);
  await Deno.writeFile(
    join(people, "anna.safetensors"),
    encodeSubject({
      model: "m",
      settings: {} as never,
      shape: [1, 1, 1],
      tuning: { context: numbers, m: numbers, v: numbers, step: 1 },
      outcomes: [],
      moved: { distance: 0, largest: 0 },
    }),
  );
  const lines: string[] = [];
  for (const who of ["a", "b", "c"]) {
    for (const [video, label] of [["one", 0], ["two", 1]]) {
      const path = join(folder, "frames", who, `${video}`);
      await Deno.mkdir(path, { recursive: true });
      await Deno.copyFile(join(folder, "a.png"), join(path, "1.png"));
      lines.push(`${who}/${video}/1.png ${label}`);
    }
  }
  await Deno.writeTextFile(join(folder, "labels.txt"), lines.join("\n"));
  const rows = lines.map((line) => line.replace(/^((.).*)\/1\.png (.)$/, "$2,frames/$1,$3"));
  await Deno.writeTextFile(join(folder, "labels.csv"), [...rows, "c,v.mkv,0", ""].join("\n"));
  await Deno.mkdir(join(folder, "golden"));
  for await (const { name } of Deno.readDir("tests/golden/clip_autt")) {
    await Deno.copyFile(join("tests/golden/clip_autt", name), join(folder, "golden", name));
  }
}
