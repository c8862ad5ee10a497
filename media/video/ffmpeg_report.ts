/** Frames per second where the file has neither timestamps nor a rate. */
const usualRate = 25;

/** How sound is stored in a file. */
export interface StoredSound {
  /** Samples per second. */
  readonly rate: number;
  /** How many there are. */
  readonly channels: number;
}

/** Parses ffmpeg's standard error: times of frames, the duration, and errors. */
export class FfmpegReport {
  /** Resolves when it has ended. */
  readonly done: Promise<void>;
  readonly #length = Promise.withResolvers<number | undefined>();
  /** The duration as the file states it. */
  readonly seconds = this.#length.promise;
  readonly #times = new Map<number, number>();
  /** The time base, as a fraction of a second: ffmpeg rounds times in seconds to six digits. */
  #unit: readonly [number, number] | undefined;
  /** Frames per second as ffmpeg takes them to be. */
  #rate = usualRate;
  readonly #part: { readonly from: number; readonly every: number };
  readonly #last: string[] = [];
  #sound: StoredSound | undefined;
  #waiting: (() => void) | undefined;
  #ended = false;

  /** @param part Where reading begins, in seconds, and which of the frames are read. */
  constructor(
    stderr: ReadableStream<Uint8Array<ArrayBuffer>>,
    part: { readonly from: number; readonly every: number },
  ) {
    this.#part = part;
    this.done = this.#read(stderr);
  }

  /** Presentation time of a frame, in seconds. */
  async time(index: number): Promise<number> {
    while (!this.#times.has(index) && !this.#ended) {
      await new Promise<void>((resolve) => this.#waiting = resolve);
    }
    const time = this.#times.get(index) ?? NaN;
    this.#times.delete(index);
    return time;
  }

  /** Whether the file holds no stream of the kind that was asked for. */
  get lacksStream(): boolean {
    return this.#last.some((line) => /matches no streams/.test(line));
  }

  /** How its sound is stored, once any of it was decoded. */
  get storedSound(): StoredSound | undefined {
    return this.#sound;
  }

  /** Why there were no frames, in a sentence. */
  why(from: number, to: number | undefined): string {
    const text = this.#last.join("\n");
    if (/not on whitelist/.test(text)) {
      return "it is no video by itself (a playlist, a list of other files), or of a kind that is not read";
    }
    if (/No such file or directory/.test(text)) return "there is no such file";
    if (/matches no streams/.test(text)) return "there is no picture in it, only sound or text";
    if (/Invalid data found|moov atom not found|could not find codec/i.test(text)) {
      return "it is no video, or a broken one";
    }
    const last = this.#last.at(-1);
    if (last === undefined) {
      return from > 0 || to !== undefined
        ? `there is no frame from ${from} s to ${to ?? "its end"}`
        : "there is no frame in it";
    }
    return last.replace(/^\[[^\]]*\] */, "");
  }

  async #read(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    let text = "";
    for await (const part of stderr.pipeThrough(new TextDecoderStream())) {
      const lines = (text + part).split(/[\r\n]+/);
      text = lines.pop()?.slice(-10_000) ?? "";
      for (const line of lines) this.#take(line);
    }
    this.#take(text);
    this.#ended = true;
    this.#waiting?.();
    this.#length.resolve(undefined);
  }

  #take(line: string): void {
    const sound = /ashowinfo.*\bchannels:(\d+) .*\brate:(\d+)/.exec(line);
    if (sound) this.#sound = { rate: Number(sound[2]), channels: Number(sound[1]) };
    const frame = /showinfo.*\bn: *(\d+) +pts: *(-?\d+|NOPTS) +pts_time:(-?[\d.]+|NOPTS)/.exec(
      line,
    );
    if (frame) {
      this.#length.resolve(undefined); // the duration comes before the first frame, if the file has one
      const [number = 0, time = NaN, rounded = NaN] = frame.slice(1).map(Number);
      const [part, whole] = this.#unit ?? [];
      const exact = part && whole ? time * part / whole : rounded;
      // Some files have no timestamps: then frames follow each other at the video's rate.
      const { from, every } = this.#part;
      this.#times.set(number, Number.isNaN(exact) ? from + number * every / this.#rate : exact);
      this.#waiting?.();
      return;
    }
    const unit = /showinfo.*\bconfig in time_base: *(\d+)\/(\d+)/.exec(line);
    if (unit) this.#unit = [Number(unit[1]), Number(unit[2])];
    const rate = /showinfo.*\bconfig in .*frame_rate: *(\d+)\/(\d+)/.exec(line);
    if (rate && Number(rate[1]) > 0 && Number(rate[2]) > 0) {
      this.#rate = Number(rate[1]) / Number(rate[2]);
    }
    const duration = /^ *Duration: (\d+):(\d+):([\d.]+)/.exec(line);
    if (duration) {
      const [hours = 0, minutes = 0, seconds = 0] = duration.slice(1).map(Number);
      this.#length.resolve(3600 * hours + 60 * minutes + seconds);
    }
    if (
      /error|invalid|no such|not found|matches no|could not|cannot|denied|whitelist/i.test(line)
    ) {
      this.#last.push(line.trim().slice(0, 300));
      if (this.#last.length > 20) this.#last.shift();
    }
  }
}
