import type { SeenFrame } from "../../../media/features/seen_frame.ts";
import type { ShowFace } from "../../../media/features/watch_faces.ts";

/** A small picture of a frame, ready for a page. */
export interface Thumbnail {
  readonly frame: number;
  /** `data:image/jpeg;base64,…` */
  readonly source: string;
}

/** A picture that the model saw. */
interface Picture {
  readonly frame: number;
  /** The track of the face; undefined if faces are not looked for. */
  readonly track: number | undefined;
  /** `[size, size, 4]` bytes. */
  readonly square: Uint8Array<ArrayBuffer>;
}

/** Maximum number of pictures, whatever the video's length. */
const most = 24;

/** Samples pictures evenly from a video of unknown length: drops every second one when there are too many. */
export class ThumbnailKeeper {
  #kept: Picture[] = [];
  #stride = 1;
  #offered = 0;

  /** Offers a picture, which may be kept. */
  offer(picture: Picture): void {
    if (this.#offered++ % this.#stride !== 0) return;
    this.#kept.push(picture);
    if (this.#kept.length <= most) return;
    this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
    this.#stride *= 2;
  }

  /** The pictures that are kept, in order of time. */
  get pictures(): readonly Picture[] {
    return this.#kept;
  }
}

/** Keeps some pictures of everyone in a video: whose face is whose is known at its end. */
export class FaceAlbum {
  readonly #keepers = new Map<number | undefined, ThumbnailKeeper>();

  /** Is shown a picture of somebody's face, or of a whole frame, which it may keep. */
  readonly take: ShowFace = (frame, square, face) => {
    const keeper = this.#keepers.get(face?.person) ?? new ThumbnailKeeper();
    this.#keepers.set(face?.person, keeper);
    keeper.offer({ frame, square, track: face?.track });
  };

  /** Encodes those that show a person, in order of time. */
  async encode(frames: readonly SeenFrame[]): Promise<Thumbnail[]> {
    const { default: sharp } = await import("sharp");
    const tracks = new Map(frames.map(({ index, face }) => [index, face?.track]));
    const own = this.#keepers.values().toArray().flatMap(({ pictures }) => pictures)
      .filter(({ frame, track }) => tracks.get(frame) === track)
      .sort((a, b) => a.frame - b.frame);
    const each = Math.ceil(own.length / most), shown = own.filter((_, i) => i % each === 0);
    return await Promise.all(shown.map(async ({ frame, square }) => {
      const side = Math.sqrt(square.length / 4);
      const raw = { width: side, height: side, channels: 4 } as const;
      const small = await sharp(square, { raw }).removeAlpha().resize(96, 96).jpeg().toBuffer();
      return { frame, source: `data:image/jpeg;base64,${small.toString("base64")}` };
    }));
  }
}
