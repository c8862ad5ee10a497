/** Fusion relative to a person's resting face, on made-up features. */
import assert from "node:assert/strict";
import type { Clip } from "../model/clip/clip.ts";
import { fusionMethods } from "../tta/ambivalence/methods.ts";
import { personalMethods } from "../tta/ambivalence/personal_methods.ts";
import { mostSimilar } from "../tta/ambivalence/similar_people.ts";
import { centreClips } from "../tta/ambivalence/resting_faces.ts";
import type { MethodEntry, RestingClip, SourceClip } from "../tta/methods/mod.ts";
import { Rng } from "../numbers/rng.ts";
import { average } from "../numbers/vectors.ts";
import { gpuTest, sharedDevice } from "./devices.ts";

const width = 8, frames = 6;

/** Frames around a person's rest; an expression moves the first number and mostly leaves a frame calm. */
function faceOf(rest: readonly number[], felt: number, rng: Rng): Float32Array {
  return Float32Array.from({ length: frames * width }, (_, i) => {
    const shown = i % width === 0 && i >= 2 * width ? felt : 0;
    return (rest[i % width] as number) + shown + 0.05 * rng.normal();
  });
}

interface MadeClip extends SourceClip, RestingClip {
  readonly rests: boolean;
}

/** People whose rests lie further apart than what they show; ambivalent where face and words disagree. */
function people(name: string, count: number, seed: number): MadeClip[] {
  const rng = new Rng(seed);
  return Array.from({ length: count }, (_, person) => {
    const rest = Array.from({ length: width }, (_, i) => (i === 1 ? 4 : 0) + rng.normal());
    rest[0] = 3 * (2 * rng.uniform() - 1);
    return Array.from({ length: 9 }, (_, clip): MadeClip => {
      const rests = clip === 0, felt = rests ? 0 : rng.pick([-1, 1]), said = rng.pick([-1, 1]);
      const features = faceOf(rest, felt, rng);
      return {
        ...{ id: `${name}-${person}/${clip}`, subject: `${name}-${person}`, rests },
        label: !rests && felt !== said ? 1 : 0,
        transcript: said > 0 ? "Yes." : "No.",
        features: () => Promise.resolve(features),
      };
    });
  }).flat();
}

/** A CLIP that reads yes and no. */
const clip = {
  config: { embedding: width },
  encodeTexts: (texts: readonly string[]) =>
    Promise.resolve(
      Float32Array.from(
        texts.flatMap((text) => Array.from({ length: width }, (_, i) => +(i === +/Y/.test(text)))),
      ),
    ),
} as unknown as Clip;

/** The share of clips of others that a method decides rightly. */
async function accuracyOf(entry: MethodEntry): Promise<number> {
  const sources = people("source", 30, 1), targets = people("target", 12, 2);
  using method = await entry.open({
    ...{ device: await sharedDevice(), clip, classes: ["neutral", "ambivalence"], draw: 0 },
    ...{ sources, sourceRest: sources.filter(({ rests }) => rests) },
  });
  const right: number[] = [];
  for (const [subject, own] of Map.groupBy(targets, (one) => one.subject)) {
    const tested = own.filter(({ rests }) => !rests);
    await method.begin({ subject, clips: tested, resting: own.filter(({ rests }) => rests) });
    for (const one of tested) {
      const { probabilities: [, p = NaN] } = await method.decide(one);
      right.push(+((p > 0.5 ? 1 : 0) === one.label));
    }
  }
  return average(right);
}

const training = { steps: 120, batch: 64, rate: 3e-3, taken: 0, seed: 1 };

gpuTest(
  "where resting faces differ by more than expressions, fusion needs to know them",
  async () => {
    const named = (list: readonly MethodEntry[], name: string) =>
      list.find((entry) => entry.name === name) ?? assert.fail(name);
    const plain = await accuracyOf(named(fusionMethods(training), "conflict"));
    const personal = personalMethods(training);
    const told = await accuracyOf(named(personal, "conflict-enrolled"));
    const found = await accuracyOf(named(personal, "conflict-rest"));
    const all = `plain ${plain}, told ${told}, found ${found}`;
    // 96 clips: plain fusion can follow neither face nor rest.
    assert.ok(plain < 0.75 && told > 0.95 && found > 0.85, all);
  },
);

Deno.test("the source people with the most similar faces are chosen, a quarter of them", () => {
  const seen = Array.from({ length: 32 }, (_, i) => {
    const angle = Math.PI * (i >> 1) / 16;
    return {
      subject: `${i >> 1}`,
      label: i % 2,
      known: i % 2 ? { text: [1] } : { video: [Math.cos(angle), Math.sin(angle)] },
    };
  });
  const chosen = (...face: number[]) =>
    new Set(mostSimilar(seen, Float64Array.from(face)).map(({ subject }) => subject));
  assert.deepEqual([...chosen(1, 0)].sort(), ["0", "1", "2", "3"]);
  assert.deepEqual([...chosen(-1, 0)].sort(), ["12", "13", "14", "15"]);
  assert.equal(mostSimilar(seen, Float64Array.of(1, 0)).length, 8, "with all of their clips");
  assert.equal(mostSimilar(seen, undefined), seen, "no face was seen");
});

gpuTest(
  "subject-based adaptation goes on from the fusion of all, and each person begins anew",
  async () => {
    const sources = people("source", 8, 1), targets = people("target", 2, 2);
    const brief = { ...training, steps: 20 };
    const entry = personalMethods(brief).find(({ name }) => name === "conflict-similar") ??
      assert.fail();
    const plain = fusionMethods(brief).find(({ name }) => name === "conflict") ?? assert.fail();
    const setup = {
      ...{ device: await sharedDevice(), clip, classes: ["neutral", "ambivalence"], draw: 0 },
      sources,
    };
    using method = await entry.open(setup);
    using before = await plain.open(setup);
    const own = Map.groupBy(targets, ({ subject }) => subject);
    const decide = async (by: typeof method, subject: string) => {
      const clips = own.get(subject) ?? assert.fail();
      await by.begin({ subject, clips });
      return [...(await by.decide(clips[0] as MadeClip)).probabilities];
    };
    const first = await decide(method, "target-0");
    assert.notDeepEqual(first, await decide(before, "target-0"));
    assert.notDeepEqual(await decide(method, "target-1"), first);
    assert.deepEqual(await decide(method, "target-0"), first);
    // Their labels change nothing.
    const turned = targets.map((one) => ({ ...one, label: 1 - one.label }));
    await method.begin({ subject: "target-0", clips: turned.slice(0, 9) });
    assert.deepEqual([...(await method.decide(turned[0] as MadeClip)).probabilities], first);
  },
);

Deno.test("faces are centred by resting clips, or by what is found, and learnt of teachers alone", async () => {
  const rows = (...numbers: number[]) => () => Promise.resolve(Float32Array.from(numbers));
  const others = ["a", "b", "c", "d"].map((subject, i) => ({
    subject,
    features: rows(...i === 3 ? [] : [10 * i, 1, 10 * i + 4, 1, 10 * i + 8, 1]),
  }));
  const resting = ["a", "b"].map((subject, i) => ({
    subject,
    features: rows(10 * i, 1, 10 * i, 1),
  }));
  const setup = { width: 2, teachers: new Set(["a", "c", "d"]) };
  const { clips, neutral } = await centreClips(resting, others, setup);
  assert.deepEqual([...neutral], [0, 1], "b does not teach");
  const made = await Promise.all(clips.map(async (one) => [...await one.features()]));
  assert.deepEqual(made.slice(0, 2), Array(2).fill([0, 1, 4, 1, 8, 1]));
  // Nobody knows how c rests: it is found near the calmest of three frames, drawn towards the average.
  const [first = NaN] = made[2] ?? [], [start = NaN] = await others[2]?.features() ?? [];
  assert.ok(first > 0 && first < start, `${made[2]}`);
  assert.deepEqual(made[3], [], "no face is seen of d");
  await assert.rejects(
    centreClips(resting, others, { ...setup, teachers: new Set(["c"]) }),
    /nobody to learn from has a resting clip/,
  );
});
