import { writeAtomically } from "../../io/files/write_atomically.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { stoppable } from "../../app/terminal/interrupt.ts";
import { clearStatus, say, showStatus } from "../../app/terminal/status_line.ts";
import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  runCommand,
  switches,
  texts,
  UsageError,
  userPath,
} from "../../app/terminal/terminal.ts";
import { demoModel } from "../../demo/model.ts";
import { type BenchmarkSize, fullSize } from "../../demo/dataset/cast.ts";
import { drawnFolder } from "../../demo/dataset/drawn_features.ts";
import { quickOption } from "../effort.ts";
import { formatMixes, mixStreams } from "./mixes.ts";
import { runInWorker } from "./run_in_worker.ts";
import { drawPeople } from "./run_seed.ts";
import { runStreams, streams } from "./run_streams.ts";
import { formatTable, tableOf } from "./table.ts";

const help = `Compares ways to personalise on drawn people, from the drawing to the table.

usage: ./autt demo:bench [options]
  --out FILE        the table as Markdown, and beside it every decision as JSON
  --features FOLDER for features, which are reused (default: in the user's cache)
  --mixes           the methods that tune nothing, with 10, 20, 50 and 80 % of pain and with clips of one
                    class alone: six shares on style and six on shift
  --quick           a tenth of the people, to see that it runs
${deviceHelp}

Every frame is drawn on demand, with the same pixels on every machine. Heads are trained on source
people; labels of the people tested on are used for scores alone.`;

const quickSize: BenchmarkSize = {
  sources: 14,
  sourceClips: 10,
  targets: 2,
  targetClips: 16,
  seeds: [1],
  draws: 2,
};

/** The `demo:bench` command. */
async function demoBench(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...deviceOptions,
    ...quickOption,
    ...texts("out", "features"),
    ...switches("mixes"),
  }, help);
  if (positionals.length > 0) {
    throw new UsageError(`Cannot take "${positionals[0]}": see --help for the options`);
  }
  const begin = performance.now();
  const folder = userPath(values.features) ?? drawnFolder();
  return await stoppable(async (signal) => {
    using device = await openNamed(values);
    using clip = await loadClip(device, demoModel);
    using mirrored = await loadClip(device, demoModel, { mirrored: true });
    const size = values.quick ? quickSize : fullSize;
    const say = (text: string) => progress(`${minutes(begin)}: ${text}`);
    const mixed = (["style", "shift"] as const).map((design) => ({
      design,
      streams: mixStreams(design),
    }));
    const wanted = values.mixes ? mixed.flatMap(({ streams }) => streams) : streams;
    const found = await runStreams({
      seeds: size.seeds,
      signal,
      prepare: (task, signal) =>
        drawPeople({ device, clip, mirrored, folder, size, signal, say }, task),
      run: (task, signal) =>
        runInWorker({ task, folder, size, adapter: values.adapter }, say, signal),
    }, wanted);
    const all = wanted.map((stream) => ({
      stream: stream.name,
      results: found.get(stream) ?? [],
    }));
    clearStatus();
    const text = values.mixes
      ? mixed.map(({ design, streams }) =>
        formatMixes(design, streams.map((stream) => found.get(stream) ?? []))
      ).join("\n")
      : all.map(({ stream, results }) => formatTable(stream, tableOf(results))).join("\n");
    console.log(text);
    if (values.out !== undefined) {
      const path = userPath(values.out);
      await writeAtomically(path, text);
      await writeAtomically(`${path}.json`, JSON.stringify(all));
    }
    say(`took ${minutes(begin)}`);
    return 0;
  }, "stopped: what is drawn is kept");
}

/** Shows progress: on a terminal in one line, elsewhere at most a line every ten seconds. */
function progress(line: string): void {
  if (Deno.stderr.isTerminal()) return showStatus(line);
  if (performance.now() - saidAt < 10_000) return;
  saidAt = performance.now();
  say(line);
}

let saidAt = -Infinity;

function minutes(begin: number): string {
  const seconds = Math.round((performance.now() - begin) / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

if (import.meta.main) await runCommand(demoBench, Deno.args);
