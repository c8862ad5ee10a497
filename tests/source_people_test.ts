import assert from "node:assert/strict";
import { join } from "node:path";
import { demoModel, demoSources } from "../demo/model.ts";
import { Rng } from "../engine/mod.ts";
import { FormatError } from "../io/files/format_error.ts";
import { openTensors } from "../io/tensors/open_tensors.ts";
import { encodeSafetensors, type TensorToWrite } from "../io/tensors/write_safetensors.ts";
import { loadClip } from "../model/clip/load_clip.ts";
import { cacheSources } from "../tta/methods/tta_cap.ts";
import { personalize } from "../tta/tta_cap/source_cache.ts";
import {
  checkSourcePeople,
  encodeSourcePeople,
  loadSourcePeople,
  saveSourcePeople,
  type SourcePeople,
} from "../tta/tta_cap/source_cache_file.ts";
import { sourceVersions } from "../tta/tta_cap/source_settings.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { rejection } from "./fakes.ts";
import { mutateBytes } from "./mutations.ts";

const width = 5, clip = { name: "ViT", fingerprint: "abc" }, classes = ["neutral", "pain"];

/** Four people; the last one has never been neutral. */
async function madeUpPeople(): Promise<SourcePeople> {
  const rng = new Rng(8);
  const clips = ["a", "b", "c", "d"].flatMap((subject, person) =>
    [0, 1].filter((label) => person < 3 || label === 1).map((label) => {
      const features = Float32Array.from(
        { length: 24 * width },
        (_, i) => Math.sin(person + i % width) + label + 0.2 * rng.normal(),
      );
      return { id: "", subject, label, features: () => Promise.resolve(features) };
    })
  );
  const built = (settings: typeof sourceVersions[keyof typeof sourceVersions]) =>
    cacheSources(clips, { classes: 2, width, settings });
  const caches = { v1: await built(sourceVersions.v1), v2: await built(sourceVersions.v2) };
  return { clip, classes, caches };
}

async function withFolder(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "autt-sources-" });
  try {
    await body(join(folder, "s.safetensors"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("source people come back from their file as they were, to float32, without their names", async () => {
  await withFolder(async (path) => {
    const people = await madeUpPeople();
    await saveSourcePeople(path, people);
    assert.deepEqual([...Deno.readDirSync(join(path, ".."))].length, 1);
    const read = await loadSourcePeople(path);
    assert.deepEqual([read.clip, read.classes], [clip, classes]);
    // Who was never neutral can't be compared by that, and is in one version only.
    assert.deepEqual([read.caches.v1.subjects.size, read.caches.v2.subjects.size], [3, 4]);
    for (const version of ["v1", "v2"] as const) {
      assert.deepEqual(read.caches[version].settings, sourceVersions[version]);
      const [got, wanted] = [read, people].map(({ caches }) => [
        ...caches[version].subjects.values(),
      ]);
      for (const [i, person] of (wanted ?? []).entries()) {
        const found = got?.[i] ?? assert.fail();
        assert.deepEqual(
          found.prototypes.map((rows) => rows.map((row) => [...row])),
          person.prototypes.map((rows) => rows.map((row) => [...row].map(Math.fround))),
        );
        for (const part of ["mean", "variance"] as const) {
          assert.deepEqual(
            [...found.statistics[part]],
            [...person.statistics[part]].map(Math.fround),
          );
        }
      }
      const frames = Array.from({ length: 9 }, (_, i) => Float32Array.of(i, 1, -1, 2, 0.5));
      const names = (one: SourcePeople) =>
        personalize(one.caches[version], frames).nearest.map(({ subject }) => subject);
      const letters = [..."abcd"];
      assert.deepEqual(names(read).map((number) => letters[Number(number) - 1]), names(people));
    }
    const text = new TextDecoder().decode(await Deno.readFile(path));
    assert.doesNotMatch(text, /"[abcd]"|somebody/);
  });
});

/** The file's tensors and metadata, with something changed. */
async function changed(
  path: string,
  change: (parts: {
    tensors: Record<string, TensorToWrite>;
    info: Record<string, unknown> & { settings: Record<string, Record<string, unknown>> };
  }) => void,
): Promise<void> {
  using file = await openTensors(path);
  const tensors: Record<string, TensorToWrite> = {};
  for (const [name, stored] of file.tensors) {
    tensors[name] = { ...stored, data: await file.read(name) };
  }
  const info = JSON.parse(file.metadata.get("autt.sources") ?? "");
  change({ tensors, info });
  await Deno.writeFile(path, encodeSafetensors(tensors, { "autt.sources": JSON.stringify(info) }));
}

type Change = Parameters<typeof changed>[1];

const numbers = ({ data }: TensorToWrite) => new Float32Array(data.buffer);
const wholes = ({ data }: TensorToWrite) => new Uint32Array(data.buffer);

const faults: readonly (readonly [string, RegExp, Change])[] = [
  ["another version", /it is of version 2: this version reads 1/, ({ info }) => info.version = 2],
  ["no classes", /lacks the classes or the CLIP/, ({ info }) => info.classes = undefined],
  ["one class", /lacks the classes or the CLIP/, ({ info }) => info.classes = ["a"]],
  ["no CLIP", /lacks the classes or the CLIP/, ({ info }) => info.clip = { name: "ViT" }],
  [
    "other settings",
    /it was made with other settings of v1 than this version has/,
    ({ info }) => Object.assign(info.settings.v1 ?? {}, { mostNoise: 0.5 }),
  ],
  ["a version missing", /other settings of v2/, ({ info }) => delete info.settings.v2],
  ["no rows", /rows must be F32 of 2 axes: got nothing/, ({ tensors }) => delete tensors.rows],
  [
    "rows of nothing, very many",
    /rows must be some: got \[1000000000000, 0\]/,
    ({ tensors }) => tensors.rows = { dtype: "F32", shape: [1e12, 0], data: new Float32Array(0) },
  ],
  [
    "a row that is not finite",
    /rows has numbers that are not finite/,
    ({ tensors }) => tensors.rows && (numbers(tensors.rows)[3] = NaN),
  ],
  [
    "a row of another length",
    /its rows are not all at unit length/,
    ({ tensors }) => tensors.rows && numbers(tensors.rows).fill(0, 0, width),
  ],
  [
    "a place outside",
    /v2\.places must be \d+ places of \d+ rows/,
    ({ tensors }) => tensors["v2.places"] && (wholes(tensors["v2.places"])[0] = 9999),
  ],
  [
    "a count too many",
    /v1\.places must be \d+ places of \d+ rows/,
    ({ tensors }) => tensors["v1.counts"] && (wholes(tensors["v1.counts"])[0] = 4e9),
  ],
  [
    "counts of other classes",
    /v1\.counts must be \[people, 3\]: got \[3, 2\]/,
    ({ info }) => info.classes = ["a", "b", "c"],
  ],
  [
    "people without a mean",
    /v2\.mean must be \[4, 5\]: got \[1, 5\]/,
    ({ tensors }) =>
      tensors["v2.mean"] = { dtype: "F32", shape: [1, 5], data: new Float32Array(5) },
  ],
  [
    "a variance below 0",
    /v1\.variance has numbers below 0/,
    ({ tensors }) => tensors["v1.variance"] && (numbers(tensors["v1.variance"])[1] = -1),
  ],
  [
    "places that are no whole numbers",
    /v2\.places must be U32 of 1 axes: got F32/,
    ({ tensors }) =>
      tensors["v2.places"] = { ...tensors["v2.places"] as TensorToWrite, dtype: "F32" },
  ],
];

Deno.test("source people whose file is not as it should be are refused: which, why, what to do", async (t) => {
  await withFolder(async (path) => {
    const whole = encodeSourcePeople(await madeUpPeople());
    const refused = async (wanted: RegExp) => {
      const error = await rejection(loadSourcePeople(path));
      assert.ok(error instanceof FormatError, error.stack);
      assert.match(error.message, wanted);
      assert.ok(error.message.includes(path), error.message);
      assert.match(error.message, /make one anew with `\.\/autt train LABELS --sources FILE`$/);
    };
    for (const [name, wanted, change] of faults) {
      await t.step(name, async () => {
        await Deno.writeFile(path, whole);
        await changed(path, change);
        await refused(wanted);
      });
    }
    for (
      const [name, wanted, bytes] of [
        ["nothing", /it is empty/, new Uint8Array(0)],
        ["half of it", /Cannot read/, whole.subarray(0, whole.length >> 1)],
        ["text", /neither safetensors nor/, new TextEncoder().encode("no people at all\n")],
        ["another file of tensors", /it holds none/, encodeSafetensors({})],
        [
          "metadata that is no JSON",
          /its metadata is not JSON/,
          encodeSafetensors({}, { "autt.sources": "{" }),
        ],
      ] as const
    ) {
      await t.step(name, async () => {
        await Deno.writeFile(path, bytes);
        await refused(wanted);
      });
    }
    await t.step("a pickle, which is read and not run", async () => {
      await Deno.copyFile(new URL("./golden/pytorch/evil.pth", import.meta.url), path);
      await refused(/Cannot read/);
    });
    await t.step("500 damaged ones: read or refused, and nothing else", async () => {
      let read = 0;
      for (let seed = 1; seed <= 500; seed++) {
        await Deno.writeFile(path, mutateBytes(new Rng(seed), whole));
        try {
          await loadSourcePeople(path);
          read++;
        } catch (error) {
          assert.ok(error instanceof FormatError, `seed ${seed}: ${(error as Error).stack}`);
        }
      }
      assert.ok(read > 0 && read < 400, `${read}`);
    });
  });
});

Deno.test("source people of another CLIP or of other classes are refused", async () => {
  const people = await madeUpPeople();
  checkSourcePeople("s", people, { clip, classes: ["neutral", "pain"] });
  assert.throws(
    () => checkSourcePeople("s", people, { clip: { ...clip, fingerprint: "def" }, classes }),
    {
      message: 'Cannot use the source people "s" with this ViT: their features are of ViT (abc): ' +
        "got one with other weights (def): make one anew with `./autt train LABELS --sources FILE`",
    },
  );
  assert.throws(() => checkSourcePeople("s", people, { clip, classes: ["pain", "neutral"] }), {
    message: /to decide between pain and neutral: they show neutral and pain: name the classes so/,
  });
});

gpuTest("the demo's source people are of the demo's CLIP, and small", async () => {
  const people = await loadSourcePeople(demoSources);
  using clip = await loadClip(await sharedDevice(), demoModel);
  assert.equal(people.clip.fingerprint, await clip.fingerprint());
  assert.deepEqual(people.classes, classes);
  assert.deepEqual([people.caches.v1.subjects.size, people.caches.v2.subjects.size], [66, 66]);
  assert.ok(Deno.statSync(demoSources).size < 400e3);
});
