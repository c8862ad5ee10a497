import { join } from "node:path";
import { FormatError } from "../io/files/format_error.ts";
import { ifThere } from "../io/files/if_there.ts";
import { readTranscript } from "../media/transcript/read_transcript.ts";
import type { FoundClip } from "./find_media.ts";
import type { FileFaults } from "./dataset.ts";

/** Endings of transcripts that lie beside a video: those of subtitles, as other files may say anything. */
const endings = ["srt", "vtt"];

/**
 * Reads the transcripts of clips whose labels have none: where the data set keeps them, or beside the video under its name
 * (`answer.srt` for `answer.mp4`). One that can't be read is a fault of its file. Most clips of most data sets have none.
 */
export async function findTranscripts(
  root: string,
  clips: readonly FoundClip[],
): Promise<{ readonly clips: readonly FoundClip[]; readonly wrong: readonly FileFaults[] }> {
  const wrong: FileFaults[] = [], all: FoundClip[] = [];
  for (const clip of clips) {
    const names = clip.transcript ? [] : [
      ...(clip.transcripts ?? []).map((name) => join(root, name)),
      ...clip.sound ? endings.map((ending) => clip.sound?.replace(/(\.\w+)?$/, `.${ending}`)) : [],
    ];
    let found = clip;
    for (const path of names as string[]) {
      try {
        const transcript = await ifThere(readTranscript(path));
        if (!transcript) continue;
        found = { ...clip, transcript: transcript.sentences.map(({ text }) => text).join("\n") };
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        wrong.push({ file: path, faults: [faultOf(error)] });
      }
      break;
    }
    all.push(found);
  }
  return { clips: all, wrong };
}

/** The line and the reason of a transcript's fault, whose file is told beside them. */
function faultOf({ message }: FormatError) {
  const [, line, why = message] =
    /^Cannot read ".*" as a transcript: (?:line (\d+): )?(.*)$/s.exec(message) ??
      [];
  return { line: line === undefined ? undefined : Number(line), why };
}
