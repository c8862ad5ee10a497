import { createHash, type Hash } from "node:crypto";
import { dirname } from "node:path";
import { modelAdvice, writing } from "../files/writing.ts";

/** The expected checksums. `git` is git's sha1, by which the hub identifies small files. */
export interface Checksum {
  readonly kind: "sha256" | "git";
  readonly hex: string;
}

/** A partially downloaded file, hashed as it grows, starting with the bytes already there. */
export class PartialFile implements Disposable {
  /** The number of bytes so far. */
  size = 0;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #wanted: readonly Checksum[];
  /** The size of the whole file, which git's checksum includes. */
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

  /** Opens or creates `<path>.incomplete`, the name that Python uses too. */
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

  /** Appends bytes. */
  async append(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const count = await this.#writing(() => this.#file.write(bytes.subarray(at)));
      this.#hash(bytes.subarray(at, at + count));
      at += count;
      this.size += count;
    }
  }

  /** Starts from scratch. */
  async clear(): Promise<void> {
    await this.#writing(() => this.#file.truncate(0));
    await this.#file.seek(0, Deno.SeekMode.Start);
    this.size = 0;
    this.#startHashes();
  }

  /** Renames it to its final name; returns the wrong checksums instead, if there are any. */
  async finish(): Promise<{ wanted: Checksum; got: string }[]> {
    const wrong = this.#wanted
      .map((wanted, i) => ({ wanted, got: this.#hashes[i]!.copy().digest("hex") }))
      .filter(({ wanted, got }) => wanted.hex !== got);
    if (wrong.length > 0) return wrong;
    await this.#writing(async () => {
      await this.#file.syncData(); // so that a power cut can't leave an empty file under the name
      this.#file.close();
      this.#closed = true;
      await Deno.rename(`${this.#path}.incomplete`, this.#path);
    });
    return [];
  }

  /** Removes it. */
  async remove(): Promise<void> {
    this[Symbol.dispose]();
    await Deno.remove(`${this.#path}.incomplete`).catch(() => {});
  }

  /** Closes it and keeps what is there. */
  [Symbol.dispose](): void {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
  }

  #writing<T>(action: () => Promise<T>): Promise<T> {
    return writing(this.#path, action, modelAdvice);
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
