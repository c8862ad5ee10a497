/**
 * How well the main person of a drawn video is followed: who leaves and returns, two who cross, cuts to
 * another camera. The boxes are what a detector would find, or what ours finds.
 */
import { openNamed, parseOptions, runCommand, UsageError } from "../../app/terminal/terminal.ts";
import { allowedNumber, isWhole, switches } from "../../app/terminal/terminal.ts";
import { openDetector } from "../../media/face/open_detector.ts";
import { type FindFaces, followScene, rightShare } from "./follow_scene.ts";
import { type ScenarioName, scenarios } from "./scenarios.ts";

const help = `Follows the main person through drawn videos, and counts the frames that are right.

usage: ./autt bench:following [options]
  --videos N    of each kind (default 24)
  --seed N      the first one's seed (default 0)
  --detector    look for faces in the pictures; by default boxes are made up as a detector finds
                them: they shake, some are missed, some are on the wall
  -h, --help    this text

A frame is wrong if somebody else's face, or none, is taken for theirs, or if theirs was found and is not. The
scenes with seeds 0 to 99, and 300 to 399, were looked at while following was written.`;

await runCommand(async (args) => {
  const { values, positionals } = parseOptions(args, {
    ...switches("detector"),
    videos: { type: "string", default: "24" },
    seed: { type: "string", default: "0" },
  }, help);
  if (positionals.length > 0) throw new UsageError(`Cannot follow "${positionals[0]}"`);
  const whole = (name: "videos" | "seed", least: number) =>
    allowedNumber(
      values[name],
      (x) => isWhole(x, least),
      `Cannot follow with --${name} ${values[name]}: wanted a whole number from ${least} on`,
    );
  const count = whole("videos", 1), first = whole("seed", 0);
  using owned = new DisposableStack();
  let find: FindFaces | undefined;
  if (values.detector) {
    const detector = owned.use(await openDetector(owned.use(await openNamed({}))));
    find = async (frame) => (await detector.detect([frame]))[0] ?? [];
  }
  console.log(`${"".padEnd(28)}   frames    right   videos below 95 %`);
  for (const name of Object.keys(scenarios) as ScenarioName[]) {
    let seen = 0, right = 0, wrong = 0, poor = 0;
    for (let seed = first; seed < first + count; seed++) {
      const one = await followScene(name, seed, find);
      seen += one.seen;
      right += one.right;
      wrong += one.wrong;
      if (rightShare(one) < 0.95) poor++;
    }
    const share = (100 * rightShare({ seen, right, wrong })).toFixed(1);
    console.log(
      `${name.padEnd(28)} ${`${seen}`.padStart(8)} ${share.padStart(6)} % ${
        `${poor}`.padStart(8)
      } of ${count}`,
    );
  }
  return 0;
}, Deno.args);
