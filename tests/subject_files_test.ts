import assert from "node:assert/strict";
import { join } from "node:path";
import { loadEnrolment, saveEnrolment } from "../media/features/enrolment_file.ts";
import { tuningModes } from "../tta/clip_autt/tuning_settings.ts";
import type { SubjectState } from "../tta/clip_autt/subject_state.ts";
import { loadSubject, saveSubject } from "../tta/clip_autt/subject_file.ts";
import { rejection, runDeno } from "./fakes.ts";

const row = () => Float32Array.of(1, 2);
const state: SubjectState = {
  model: "clip+head",
  settings: tuningModes.paper,
  shape: [1, 1, 2],
  tuning: { context: row(), m: row(), v: row(), step: 3 },
  outcomes: [{ classBefore: 0, classAfter: 1, entropyBefore: 0.5, entropyAfter: 0.1 }],
  moved: { distance: 1, largest: 1 },
};
const enrolment = { clip: "c", cropped: true, videos: 1, frames: 2, mean: row() };

/** A folder for as long as the body takes. */
async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "autt-people-" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what is known of a person can be read again, or is not written", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "anna.safetensors"), neutral = join(folder, "anna.neutral");
    await saveSubject(path, state);
    await saveEnrolment(neutral, enrolment);
    const [outcome] = state.outcomes;
    const broken: readonly Partial<SubjectState>[] = [
      { moved: { distance: NaN, largest: 1 } },
      { outcomes: [{ ...outcome ?? assert.fail(), entropyAfter: Infinity }] },
      { tuning: { ...state.tuning, v: Float32Array.of(0, NaN) } },
    ];
    for (const part of broken) {
      const { message } = await rejection(saveSubject(path, { ...state, ...part }));
      assert.match(
        message,
        /Cannot save what is known of a person: .* is (NaN|Infinity), and only/,
      );
      assert.deepEqual(await loadSubject(path), state);
    }
    const { message } = await rejection(
      saveEnrolment(neutral, { ...enrolment, mean: Float32Array.of(NaN, 1) }),
    );
    assert.match(message, /Cannot save an enrolment: its mean is not finite/);
    assert.deepEqual(await loadEnrolment(neutral), enrolment);
    assert.deepEqual([...Deno.readDirSync(folder)].length, 2);
  });
});

Deno.test({
  name: "nobody but the user reads what is known of a person",
  ignore: Deno.build.os === "windows",
  async fn() {
    await inFolder(async (folder) => {
      const path = join(folder, "anna.safetensors"), neutral = join(folder, "anna.neutral");
      await saveSubject(path, state);
      await saveEnrolment(neutral, enrolment);
      for (const file of [path, neutral]) {
        const { mode } = await Deno.stat(file);
        assert.equal((mode ?? 0) & 0o777, 0o600, file);
      }
    });
  },
});

Deno.test("a person's name may have spaces; names that are none are refused", async () => {
  await inFolder(async (folder) => {
    const people = join(folder, "people"), name = "Anna-Lena O'Neil Jr. 2";
    await Deno.mkdir(people);
    await saveSubject(join(people, `${name}.safetensors`), state);
    const subject = (...args: string[]) =>
      runDeno(
        [
          "run",
          "--quiet",
          "--allow-read",
          "--allow-write",
          "--allow-env",
          "main.ts",
          "subject",
          ...args,
        ],
        { INIT_CWD: folder, AUTT_SUBJECTS: people },
      );
    const listed = await subject();
    assert.deepEqual([listed.code, listed.stdout], [0, `${name}\n`], listed.stderr);
    const shown = await subject(name);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /^Anna-Lena O'Neil Jr\. 2: tuned in mode "paper"/);
    for (
      const wrong of ["", " anna", ".anna", "anna:1", "an\nna", "anna.neutral", "a".repeat(101)]
    ) {
      const { code, stderr } = await subject(wrong);
      assert.equal(code, 2, stderr);
      assert.match(
        stderr,
        /Cannot keep a person by the name ".*": wanted letters, digits, spaces/s,
      );
    }
    const path = await subject("./anna");
    assert.match(path.stderr, /anna/);
    assert.equal(path.code, 1, "a path, where nothing is");
    assert.equal((await subject("--delete", name)).code, 0);
    assert.equal((await subject()).stdout, "nobody yet\n");
  });
});

Deno.test("all that is known of a person can be handed out, and is gone once deleted", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "anna.safetensors");
    await saveSubject(path, state);
    await saveEnrolment(join(folder, "anna.neutral.safetensors"), enrolment);
    const subject = (...args: string[]) =>
      runDeno(
        ["run", "--quiet", "--allow-read", "--allow-write", "--allow-env", "main.ts", "subject"]
          .concat(args),
        { AUTT_SUBJECTS: folder, INIT_CWD: folder },
      );
    const exported = await subject("anna", "--export", "out");
    assert.equal(exported.code, 0, exported.stderr);
    const names = ["anna.neutral.safetensors", "anna.safetensors", "everything.json", "README.txt"];
    assert.deepEqual(
      exported.stdout.trim().split("\n").sort(),
      names.map((name) => join(folder, "out", name)).sort(),
    );
    const all = JSON.parse(await Deno.readTextFile(join(folder, "out/everything.json")));
    assert.deepEqual(all.enrolment.mean, [1, 2]);
    assert.deepEqual([all.state.tuning.context, all.state.tuning.step], [[1, 2], 3]);
    assert.deepEqual(
      await Deno.readFile(join(folder, "out/anna.safetensors")),
      await Deno.readFile(path),
    );
    const again = await subject("anna", "--export", "out");
    assert.equal(again.code, 1);
    assert.match(again.stderr, /is there already: name another folder/);
    const both = await subject("anna", "--export", "other", "--delete");
    assert.deepEqual([both.code, await loadSubject(path)], [2, state]);
    assert.equal((await subject("--export", "other")).code, 2);
    const gone = await subject("anna", "--delete");
    assert.deepEqual([gone.code, gone.stdout], [0, "anna is deleted\n"]);
    assert.equal(gone.stderr.match(/^gone: .*anna\.(neutral\.)?safetensors$/gm)?.length, 2);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["out"]);
  });
});
