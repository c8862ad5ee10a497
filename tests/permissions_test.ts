import assert from "node:assert/strict";
import { join } from "node:path";
import project from "../deno.json" with { type: "json" };
import { fakeHub, someBytes } from "./fake_hub.ts";
import { runDeno } from "./fakes.ts";
import { ffmpeg, withModel } from "./infer_folder.ts";
import { encodeSubject } from "../tta/subject_state.ts";

type Task = keyof typeof project.tasks;

/** The words after `deno run` of a task. */
function wordsOf(task: Task): string[] {
  const { command } = project.tasks[task];
  return command.replace("$AUTT_ALLOW_RUN", "").split(" ").slice(2);
}

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
    };
    assert.equal(net?.[0], wanted[name], name);
  }
});

Deno.test("every task tells its help with the permissions that it lists", async () => {
  for (const task of runs) {
    const { code, stdout, stderr } = await runDeno(
      ["run", "--quiet", "--no-prompt", ...wordsOf(task), "--help"],
    );
    assert.equal(code, 0, `${task}: ${stderr}`);
    assert.match(stdout, /usage: deno task/);
  }
});

/** Each task at something small, with the permissions that this takes. */
const paths: Readonly<Record<string, { args: string[]; needs: string[] }>> = {
  infer: {
    args: [
      ...["v.mkv", "--head", "head.safetensors", "--model", ".", "--no-face-crop", "--to", "0.4"],
      ...["--json", "o.json", "--report", "o.html", "--least", "0", "--no-adapt"],
    ],
    needs: ["read", "write", "run", "ffi", "env"],
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
  subject: { args: ["anna", "--delete"], needs: ["read", "write"] },
  weights: { args: ["org/clip"], needs: ["read", "write", "net"] },
  golden: { args: ["golden", "--quiet"], needs: ["read"] },
  check: { args: ["add[a=5,b=5]"], needs: [] },
};

for (const [task, { args, needs }] of Object.entries(paths)) {
  Deno.test(`${task} runs with the permissions that it lists, and says which it lacks`, async () => {
    await withModel(async (folder) => {
      await ffmpeg("-i", join(folder, "v.mkv"), "-frames:v", "1", join(folder, "a.png"));
      await using hub = fakeHub({ "model.safetensors": someBytes(2000) });
      const env = { INIT_CWD: folder, HOME: folder, HF_ENDPOINT: hub.endpoint };
      await prepare(folder);
      const words = wordsOf(task as Task);
      const flag = (kind: string) => (word: string) => word.startsWith(`--allow-${kind}`);
      for (const kind of needs) {
        assert(words.some(flag(kind)), `${task} lists no ${kind}`);
        const rest = words.filter((word) => !flag(kind)(word));
        const { code, stderr } = await runDeno(
          ["run", "--quiet", "--no-prompt", ...rest, ...args],
          env,
        );
        const lines = stderr.trim().split("\n");
        assert.notEqual(code, 0, `${task} without ${kind}`);
        assert.match(lines.at(-1) ?? "", new RegExp(`^error: Cannot .*\\b${kind} access`));
        assert.equal(lines.filter((line) => /^error|^ +at /.test(line)).length, 1, stderr);
      }
      const { code, stderr } = await runDeno(
        ["run", "--quiet", "--no-prompt", ...words, ...args],
        env,
      );
      assert.equal(code, 0, stderr);
    });
  });
}

async function prepare(folder: string): Promise<void> {
  const people = join(folder, ".local/share/autt/subjects");
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
  await Deno.mkdir(join(folder, "golden"));
  for await (const { name } of Deno.readDir("tests/golden/clip_autt")) {
    await Deno.copyFile(join("tests/golden/clip_autt", name), join(folder, "golden", name));
  }
}
