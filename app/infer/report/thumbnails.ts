/** A small picture of a frame, ready for a page. */
export interface Thumbnail {
  readonly frame: number;
  /** `data:image/jpeg;base64,…` */
  readonly source: string;
}

/** At most so many are kept, whatever the length of the video. */
const most = 24;

/** Keeps pictures evenly over a video whose length is not known: whenever there are too many, every second goes. */
export class ThumbnailKeeper {
  #kept: { readonly frame: number; readonly square: Uint8Array<ArrayBuffer> }[] = [];
  #stride = 1;
  #offered = 0;

  /** Keeps a picture, `[size, size, 4]` bytes, or not. */
  offer(frame: number, square: Uint8Array<ArrayBuffer>): void {
    if (this.#offered++ % this.#stride !== 0) return;
    this.#kept.push({ frame, square });
    if (this.#kept.length <= most) return;
    this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
    this.#stride *= 2;
  }

  /** The frames whose pictures are kept. */
  get frames(): number[] {
    return this.#kept.map(({ frame }) => frame);
  }

  /** The pictures that are kept. */
  async encode(): Promise<Thumbnail[]> {
    const { default: sharp } = await import("sharp");
    return await Promise.all(this.#kept.map(async ({ frame, square }) => {
      const side = Math.sqrt(square.length / 4);
      const raw = { width: side, height: side, channels: 4 } as const;
      const small = await sharp(square, { raw }).removeAlpha().resize(96, 96).jpeg().toBuffer();
      return { frame, source: `data:image/jpeg;base64,${small.toString("base64")}` };
    }));
  }
}
