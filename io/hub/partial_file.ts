import { createHash, type Hash } from "node:crypto";
import { dirname } from "node:path";
import { modelAdvice, writing } from "../files/writing.ts";

/** What the contents must be. `git` is the sha1 that git, and so the hub, knows a small file by. */
export interface Checksum {
  readonly kind: "sha256" | "git";
  readonly hex: string;
}

/** A file of which some bytes are there. It is hashed as it grows, the part already there first. */
export class PartialFile implements Disposable {
  /** Bytes that are there. */
  size = 0;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #wanted: readonly Checksum[];
  /** The whole file's, which git's checksum begins with. */
  readonly #wholeSize: number;
  #hashes: Hash[] = [];
  #closed = false;

  private constructor(path: string, file: Deno.FsFile, wanted: readonly Checksum[], size: number) {
    this.#path = path;
    this.#file = file;
    this.#wanted = wanted;
    this.#wholeSize = size;
    this.#startHashes();
  }

  /** Opens `<path>.incomplete`, the name that Python gives it too, or begins it. */
  static async open(
    path: string,
    wanted: readonly Checksum[],
    wholeSize = 0,
    signal?: AbortSignal,
  ): Promise<PartialFile> {
    const file = await writing(path, async () => {
      await Deno.mkdir(dirname(path), { recursive: true });
      return await Deno.open(`${path}.incomplete`, { read: true, write: true, create: true });
    }, modelAdvice);
    const part = new PartialFile(path, file, wanted, wholeSize);
    try {
      const buffer = new Uint8Array(2 ** 20);
      for (const { size } = await file.stat(); part.size < size;) {
        signal?.throwIfAborted();
        const count = await file.read(buffer);
        if (count === null) break;
        part.#hash(buffer.subarray(0, count));
        part.size += count;
      }
      return part;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Adds bytes at the end. */
  async append(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const count = await writing(
        this.#path,
        () => this.#file.write(bytes.subarray(at)),
        modelAdvice,
      );
      this.#hash(bytes.subarray(at, at + count));
      at += count;
      this.size += count;
    }
  }

  /** Forgets all of it. */
  async clear(): Promise<void> {
    await writing(this.#path, () => this.#file.truncate(0), modelAdvice);
    await this.#file.seek(0, Deno.SeekMode.Start);
    this.size = 0;
    this.#startHashes();
  }

  /** Moves it to its place in one step; gives back the checksums that are wrong, if any, instead. */
  async finish(): Promise<{ wanted: Checksum; got: string }[]> {
    const wrong = this.#wanted
      .map((wanted, i) => ({ wanted, got: this.#hashes[i]!.copy().digest("hex") }))
      .filter(({ wanted, got }) => wanted.hex !== got);
    if (wrong.length > 0) return wrong;
    await writing(this.#path, async () => {
      await this.#file.syncData(); // or a power cut leaves the name with nothing behind it
      this.#file.close();
      this.#closed = true;
      await Deno.rename(`${this.#path}.incomplete`, this.#path);
    }, modelAdvice);
    return [];
  }

  /** Removes it. */
  async remove(): Promise<void> {
    this[Symbol.dispose]();
    await Deno.remove(`${this.#path}.incomplete`).catch(() => {});
  }

  /** Closes it; what is there stays. */
  [Symbol.dispose](): void {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
  }

  #startHashes(): void {
    this.#hashes = this.#wanted.map(({ kind }) =>
      kind === "git" ? createHash("sha1").update(`blob ${this.#wholeSize}\0`) : createHash("sha256")
    );
  }

  #hash(bytes: Uint8Array): void {
    for (const hash of this.#hashes) hash.update(bytes);
  }
}
