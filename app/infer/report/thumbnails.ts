/** A small picture of a frame, ready for a page. */
export interface Thumbnail {
  readonly frame: number;
  /** `data:image/jpeg;base64,…` */
  readonly source: string;
}

/** Maximum number of pictures, whatever the video's length. */
const most = 24;

/** Samples pictures evenly from a video of unknown length: drops every second one when there are too many. */
export class ThumbnailKeeper {
  #kept: { readonly frame: number; readonly square: Uint8Array<ArrayBuffer> }[] = [];
  #stride = 1;
  #offered = 0;

  /** Offers a picture, `[size, size, 4]` bytes, which may be kept. */
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

  /** Encodes the pictures that are kept. */
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
