import assert from "node:assert/strict";
import { Rng } from "../engine/mod.ts";
import { adjustedRand, drawSubsets, searchClusters } from "../tta/tta_cap/cluster_search.ts";
import { dbscan, pairwiseDistances } from "../tta/tta_cap/dbscan.ts";
import {
  buildSourceCache,
  personalize,
  statisticsOf,
  wasserstein,
} from "../tta/tta_cap/source_cache.ts";
import { type SourceSettings, sourceVersions } from "../tta/tta_cap/source_settings.ts";
import { unit } from "../numbers/vectors.ts";

const { v1, v2 } = sourceVersions;

/** Points around a few centers, and some that are anywhere. */
function makePoints(rng: Rng, count: number, width: number): Float64Array[] {
  const normals = (spread: number) =>
    Float64Array.from({ length: width }, () => spread * rng.normal());
  const centers = Array.from({ length: 3 }, () => normals(1));
  return Array.from({ length: count }, () => {
    const center = centers[rng.integer(0, 3)]; // a quarter has none
    const noise = normals(center ? 0.25 : 1.5);
    return noise.map((x, d) => x + (center?.[d] ?? 0));
  });
}

/**
 * DBSCAN by its definition: two cores are of one cluster where a chain of cores, each near the next,
 * leads from one to the other; a row that is no core is of the first cluster that has a core near it.
 */
function labelsByDefinition(
  rows: readonly Float64Array[],
  radius: number,
  fewest: number,
): number[] {
  const near = rows.map((a) =>
    rows.map((b) =>
      Math.sqrt(a.reduce((sum, x, d) => sum + (x - (b[d] as number)) ** 2, 0)) <= radius
    )
  );
  const isCore = near.map((row) => row.filter(Boolean).length >= fewest);
  const linked = near.map((row, i) => row.map((yes, j) => yes && !!isCore[i] && !!isCore[j]));
  for (const k of rows.keys()) {
    for (const i of rows.keys()) {
      for (const j of rows.keys()) {
        if (linked[i]?.[k] && linked[k]?.[j]) (linked[i] as boolean[])[j] = true;
      }
    }
  }
  const leaders: number[] = [];
  for (const i of rows.keys()) {
    if (isCore[i] && !leaders.some((leader) => linked[leader]?.[i])) leaders.push(i);
  }
  return rows.map((_, i) =>
    leaders.findIndex((leader) =>
      isCore[i]
        ? linked[leader]?.[i]
        : rows.some((_, j) => near[i]?.[j] && isCore[j] && linked[leader]?.[j])
    )
  );
}

Deno.test("DBSCAN finds what its definition says, on random points and some of them", () => {
  const rng = new Rng(5);
  let noise = 0, several = 0;
  for (let round = 0; round < 60; round++) {
    const rows = makePoints(rng, rng.integer(1, 45), rng.integer(1, 4));
    const radius = 0.2 + rng.uniform(), fewest = rng.integer(1, 7);
    const among = rows.map((_, i) => i).filter(() => rng.uniform() < 0.8);
    const got = [...dbscan(pairwiseDistances(rows), among, radius, fewest)];
    assert.deepEqual(
      got,
      labelsByDefinition(among.map((i) => rows[i] ?? rows[0]!), radius, fewest),
    );
    noise += Number(got.includes(-1));
    several += Number(got.includes(1));
  }
  assert.ok(noise > 10 && several > 10, `${noise} with noise, ${several} with several clusters`);
});

Deno.test("clusters do not depend on the order of rows, but for their numbers", () => {
  const rng = new Rng(6);
  for (let round = 0; round < 20; round++) {
    // Without rows at the edge of two clusters, which belong to whichever is first: every row a core.
    const rows = makePoints(rng, 40, 2),
      order = rows.map((_, i) => i).sort(() => rng.uniform() - 0.5);
    const plain = dbscan(pairwiseDistances(rows), rows.map((_, i) => i), 0.4, 1);
    const turned = order.map((i) => rows[i] as Float64Array);
    const other = dbscan(pairwiseDistances(turned), rows.map((_, i) => i), 0.4, 1);
    assert.equal(adjustedRand(order.map((i) => plain[i] as number), other), 1);
  }
});

Deno.test("the adjusted Rand index is that of pairs counted one by one", () => {
  const rng = new Rng(7);
  for (let round = 0; round < 50; round++) {
    const count = rng.integer(2, 20);
    const [a, b] = [0, 1].map(() => Array.from({ length: count }, () => rng.integer(-1, 2)));
    let both = 0, inA = 0, inB = 0, pairs = 0;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < i; j++) {
        const sameA = a?.[i] === a?.[j], sameB = b?.[i] === b?.[j];
        both += Number(sameA && sameB);
        inA += Number(sameA);
        inB += Number(sameB);
        pairs++;
      }
    }
    // Hubert and Arabie's form: beyond what is expected, over the most that can be.
    const expected = inA * inB / pairs, most = (inA + inB) / 2;
    const wanted = most === expected ? 1 : (both - expected) / (most - expected);
    assert.ok(Math.abs(adjustedRand(a ?? [], b ?? []) - wanted) < 1e-12);
  }
  assert.equal(adjustedRand([0, 0, 1, 1], [5, 5, -1, -1]), 1);
  assert.ok(adjustedRand([0, 0, 1, 1], [0, 1, 0, 1]) < 0);
});

Deno.test("subsets have the share of rows, none twice, and depend on seed and purpose", () => {
  const drawn = drawSubsets(43, "anna|0", v2);
  assert.deepEqual(drawn.map(({ length }) => length), Array(6).fill(34)); // 34.4
  for (const rows of drawn) {
    assert.deepEqual(rows, [...new Set(rows)].sort((a, b) => a - b));
    assert.ok(rows.every((row) => row >= 0 && row < 43));
  }
  assert.deepEqual(drawSubsets(43, "anna|0", v2), drawn);
  assert.notDeepEqual(drawSubsets(43, "anna|1", v2), drawn);
  assert.notDeepEqual(drawSubsets(43, "anna|0", { ...v2, seed: 1 }), drawn);
  assert.notDeepEqual(drawn[0], drawn[1]);
  assert.equal(drawSubsets(42, "anna|0", v2)[0]?.length, 34); // 33.6
  assert.equal(drawSubsets(42, "anna|0", v1)[0]?.length, 33);
});

Deno.test("few frames have one prototype, the one nearest to their mean", () => {
  const rows = [[1, 0], [0, 1], [1, 1], [1, 0.9]].map((row) => unit(Float64Array.from(row)));
  const search = searchClusters(rows, [], v2);
  assert.deepEqual(search.medoids, [2]); // 0.0217 from it, squared, and the last one 0.0227
  assert.equal(search.chosen, undefined);
  assert.deepEqual(searchClusters([], [], v2).medoids, []);
});

Deno.test("groups of frames have a prototype each, which is one of them", () => {
  const rng = new Rng(9);
  const rows = Array.from({ length: 60 }, (_, i) => {
    const row = new Float64Array(8);
    row[i % 3] = 1;
    return unit(row.map((x) => x + 0.05 * rng.normal()));
  });
  const { medoids, chosen, candidates } = searchClusters(rows, drawSubsets(60, "x", v2), v2);
  assert.deepEqual(medoids.map((row) => row % 3).toSorted(), [0, 1, 2]);
  assert.equal(chosen?.clusters, 3);
  assert.equal(chosen?.score, Math.max(...candidates.map(({ score }) => score)));
  assert.equal(chosen, candidates.find(({ score }) => score === chosen?.score)); // the first of equals
});

Deno.test("statistics are shrunk towards one, or towards their own mean", () => {
  const rows = [Float64Array.of(0, 2), Float64Array.of(0, 4)];
  const towards = (shrinkTowards: SourceSettings["shrinkTowards"]) =>
    statisticsOf(rows, { shrink: 0.5, shrinkTowards });
  assert.deepEqual(towards("one"), {
    mean: Float64Array.of(0, 3),
    variance: Float64Array.of(0.5, 1),
  });
  assert.deepEqual(towards("mean variance").variance, Float64Array.of(0.25, 0.75));
  const near = towards("one"), far = { ...near, mean: Float64Array.of(3, 7) };
  assert.equal(wasserstein(near, near), 0);
  assert.equal(wasserstein(near, far), 25);
  // One axis each: (sqrt 4 - sqrt 1) squared.
  const [one, four] = [1, 4].map((v) => ({
    mean: Float64Array.of(0),
    variance: Float64Array.of(v),
  }));
  assert.equal(one && four && wasserstein(one, four), 1);
});

/** Subjects whose frames lie in directions of their own, class by class. */
function makeSubjects(): Record<string, Float64Array[][]> {
  const rng = new Rng(11);
  return Object.fromEntries([0, 1, 2, 3].map((s) => [
    `s${s}`,
    [0, 1].map((c) =>
      Array.from({ length: 20 }, () => {
        const row = Float64Array.from({ length: 8 }, () => 0.1 * rng.normal());
        row[s] = (row[s] as number) + 1;
        row[4 + c] = (row[4 + c] as number) + 0.5;
        return row;
      })
    ),
  ]));
}

Deno.test("a person gets the prototypes of those who are most like them, nearest first", () => {
  const subjects = makeSubjects(), frames = subjects["s2"]?.flat() ?? [];
  for (const settings of [v2, v1]) {
    const cache = buildSourceCache(subjects, { settings: { ...settings, nearestSubjects: 2 } });
    const { nearest, prototypes } = personalize(cache, frames);
    assert.equal(nearest[0]?.subject, "s2");
    assert.equal(nearest.length, 4);
    assert.ok(nearest.every(({ distance }, i) => distance >= (nearest[i - 1]?.distance ?? 0)));
    const own = cache.subjects.get("s2")?.prototypes, other = nearest[1]?.subject ?? "";
    assert.deepEqual(prototypes[0], [
      ...own?.[0] ?? [],
      ...cache.subjects.get(other)?.prototypes[0] ?? [],
    ]);
    for (const row of prototypes.flat()) assert.ok(Math.abs(Math.hypot(...row) - 1) < 1e-12);
  }
});

Deno.test("of many prototypes those nearest to the person's mean are kept", () => {
  const subjects = makeSubjects(), frames = subjects["s1"]?.flat() ?? [];
  const build = (mostPerClass: number) =>
    personalize(buildSourceCache(subjects, { settings: { ...v2, mostPerClass } }), frames);
  const few = build(2), all = build(0);
  assert.ok((all.prototypes[0]?.length ?? 0) > 2);
  assert.deepEqual(few.prototypes.map(({ length }) => length), [2, 2]);
  const near = (row: ArrayLike<number>) =>
    all.statistics.mean.reduce((sum, x, d) => sum + x * (row[d] as number), 0);
  const sorted = all.prototypes[0]?.toSorted((a, b) => near(b) - near(a));
  assert.deepEqual(few.prototypes[0], sorted?.slice(0, 2));
});

Deno.test("prototypes that are not too many stay in the order of the people, as in the original", () => {
  // Of the two people, the nearer one's prototype is less like the person's mean.
  const settings = { ...v2, nearestSubjects: 2 };
  const narrow = [Float64Array.of(1, 0.3), Float64Array.of(1, 0.3)];
  const wide = [Float64Array.of(1, 3), Float64Array.of(1, -3)];
  const build = (mostPerClass: number) =>
    personalize(
      buildSourceCache({ narrow: [narrow], wide: [wide] }, {
        settings: { ...settings, mostPerClass },
      }),
      wide,
    ).prototypes[0];
  const all = build(0), one = build(1);
  assert.equal(all?.length, 2);
  assert.notDeepEqual(one?.[0], all?.[0]);
  assert.deepEqual(build(2), all);
  assert.deepEqual(build(3), all);
});

Deno.test("a source cache says what it cannot be built from", () => {
  const subjects = makeSubjects(), frames = subjects["s0"]?.[0] ?? [];
  const build = (settings: Partial<SourceSettings>) =>
    buildSourceCache(subjects, { settings: { ...v2, ...settings } });
  assert.throws(() => build({ quantiles: [2] }), /with quantiles 2: wanted numbers from 0 to 1/);
  assert.throws(() => build({ subsetShare: 1.2 }), /with subsetShare 1.2: wanted one from 0 to 1/);
  assert.throws(() => build({ nearestSubjects: 0 }), /with nearestSubjects 0/);
  assert.throws(() => buildSourceCache({}), /of no people: wanted one at least/);
  assert.throws(
    () => buildSourceCache({ ...subjects, x: [frames] }),
    /got 1 classes, wanted 2 for subject "x"/,
  );
  assert.throws(
    () => buildSourceCache({ ...subjects, x: [[Float64Array.of(1)], []] }),
    /got an embedding that is not 8 finite numbers.* for subject "x"/,
  );
  assert.throws(
    () => buildSourceCache({ ...subjects, x: [[], frames] }, { settings: v1 }),
    /got no frames of class 0, wanted some for subject "x"/,
  );
  assert.throws(
    () => buildSourceCache(subjects, { subsets: () => [[20]] }),
    /got a subset with row 20, wanted below 20 for subject "s0"/,
  );
  assert.throws(() => personalize(build({}), []), /got no frames, wanted one at least/);
});
