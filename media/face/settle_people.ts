import { assignFaces } from "./assign_faces.ts";
import type { FaceTrack } from "./face_track.ts";
import { type Looks, looksDistance } from "./looks.ts";

/** The tracks of one person. */
export type PersonTracks = ReadonlySet<FaceTrack>;

/**
 * Tracks that look less different than this are one person's. Of drawn people, all of their own tracks are
 * within the first, and 4 % of other people's; another camera takes the second (82 % and 18 %).
 */
const samePerson = { inScene: 0.14, acrossCuts: 0.21 };

/** So many times as much is allowed where as many people as are known are seen, several or one. */
const allowance = { several: 1.7, one: 1.2 };

/** From how many frames on a person was surely seen. */
export const surelySeen = 10;

/** Below this difference one camera shows one person: 99 % of drawn people's own tracks are. */
const sameCamera = 0.4;

/** How much difference is allowed where so many people are seen. */
export function allowedFor(seen: number): number {
  return seen > 1 ? allowance.several : allowance.one;
}

/** Of somebody in more scenes than this, those in which they were seen most are compared: films have many. */
const mostScenes = 12;

/** Whether two people were seen in one frame, and so can't be the same. */
function wereBeside(one: PersonTracks, other: PersonTracks): boolean {
  return [...one].some(({ beside }) => [...other].some(({ number }) => beside.has(number)));
}

/** How different two people are: below 1 they may be one. Infinite if they were seen beside each other. */
export function differenceBetween(one: PersonTracks, other: PersonTracks): number {
  if (wereBeside(one, other)) return Infinity;
  const others = scenesOf(other);
  return scenesOf(one).reduce((least, { scene, looks }) =>
    others.reduce((least, there) => {
      const most = scene === there.scene ? samePerson.inScene : samePerson.acrossCuts;
      return Math.min(least, looksDistance(looks, there.looks) / most);
    }, least), Infinity);
}

/** What somebody looks like in each scene. */
function scenesOf(person: PersonTracks) {
  return [...Map.groupBy(person, ({ scene }) => scene)]
    .map(([scene, tracks]) => ({ scene, frames: countFrames(tracks), looks: meanLooks(tracks) }))
    .sort((a, b) => b.frames - a.frames).slice(0, mostScenes);
}

/** How many people were surely seen. */
export function countSure(people: Iterable<PersonTracks>): number {
  return [...people].filter((one) => countFrames(one) >= surelySeen).length;
}

/** In how many frames a person was seen. */
function countFrames(tracks: Iterable<FaceTrack>): number {
  return Iterator.from(tracks).reduce((sum, { frames }) => sum + frames, 0);
}

/**
 * Finds out which tracks of a whole video are one person's. First what one camera shows of one person is
 * joined; then those who are seen together are compared with everyone before them, all at once, since
 * another camera changes how everybody looks; and at last who is left.
 *
 * @param atOnce How many people were surely seen in one frame, at most.
 */
export function settlePeople(tracks: readonly FaceTrack[], atOnce: number): PersonTracks[] {
  const shown: Set<FaceTrack>[] = [];
  for (const track of tracks) {
    const alone = new Set([track]);
    const differences = shown.map((one) => differenceBetween(alone, one));
    const least = Math.min(...differences);
    if (least < sameCamera) shown[differences.indexOf(least)]?.add(track);
    else shown.push(alone);
  }
  let people: PersonTracks[] = [];
  for (const together of seenTogether(shown)) {
    const allowed = countSure(people) === together.length ? allowedFor(together.length) : 1;
    const costs = together.map((one) => people.map((other) => differenceBetween(one, other)));
    const before = people;
    for (const [i, place] of assignFaces(costs, allowed).entries()) {
      const one = together[i] ?? new Set(), known = before[place ?? -1];
      people = known
        ? people.map((other) => other === known ? other.union(one) : other)
        : [...people, one];
    }
  }
  // Another camera may have made two people out of one, if there are more than were ever seen at once.
  return joinAlike(people, (left) => countSure(left) > atOnce ? allowedFor(atOnce) : 1);
}

/** Joins people who differ by less than is allowed, the most alike first. */
function joinAlike(
  people: readonly PersonTracks[],
  allowed: (left: readonly PersonTracks[]) => number,
): PersonTracks[] {
  let left = [...people];
  const known = new Map<PersonTracks, Map<PersonTracks, number>>();
  const differenceOf = (later: PersonTracks, earlier: PersonTracks) => {
    const row = known.get(later) ?? new Map<PersonTracks, number>();
    const difference = row.get(earlier) ?? differenceBetween(later, earlier);
    known.set(later, row.set(earlier, difference));
    return difference;
  };
  while (true) {
    let alike: readonly [PersonTracks, PersonTracks] | undefined, least = allowed(left);
    for (const [i, later] of left.entries()) {
      for (const earlier of left.slice(0, i)) {
        const difference = differenceOf(later, earlier);
        if (difference < least) [alike, least] = [[earlier, later], difference];
      }
    }
    if (!alike) return left;
    const [earlier, later] = alike;
    left = left.filter((one) => one !== later)
      .map((one) => one === earlier ? one.union(later) : one);
  }
}

/** Groups of people of whom each was seen beside another one of the group, in order of appearance. */
function seenTogether(people: readonly PersonTracks[]): PersonTracks[][] {
  const groups: PersonTracks[][] = [];
  for (const one of people) {
    const near = groups.filter((group) => group.some((other) => wereBeside(one, other)));
    const group = [...near.flat(), one];
    groups.splice(0, groups.length, ...groups.filter((known) => !near.includes(known)), group);
  }
  const begunAt = (group: readonly PersonTracks[]) =>
    Math.min(...group.flatMap((one) => [...one].map((track) => track.begunAt)));
  return groups.sort((a, b) => begunAt(a) - begunAt(b));
}

/** What a person looks like over some tracks. */
function meanLooks(tracks: readonly FaceTrack[]): Looks {
  const frames = countFrames(tracks);
  const sum: number[] = [];
  for (const track of tracks) {
    for (const [i, x] of track.looks.entries()) sum[i] = (sum[i] ?? 0) + track.frames * x;
  }
  return Float32Array.from(sum, (x) => x / frames);
}
