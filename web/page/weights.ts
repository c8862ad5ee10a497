/// <reference lib="dom" />
import { sha256 } from "../../io/files/sha256.ts";

/** A file of the page's own, as `files.json` lists it. */
export interface ListedFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

const cacheName = "autt-weights", mostTries = 3;

/** The files that the page was built with. */
export async function listFiles(): Promise<Map<string, ListedFile>> {
  const all: readonly ListedFile[] = await (await fetch("files.json")).json();
  return new Map(all.map((file) => [file.name, file]));
}

/**
 * A file's bytes: from the cache, or fetched and then kept there. What breaks off is continued where it
 * ended; what does not have the listed checksum is refused.
 */
export async function fetchFile(
  file: ListedFile,
  onBytes: (count: number) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const cache = await caches.open(cacheName), key = `${file.name}?sha256=${file.sha256}`;
  const kept = await cache.match(key);
  if (kept) {
    const bytes = new Uint8Array(await kept.arrayBuffer());
    onBytes(bytes.length);
    return bytes;
  }
  const bytes = new Uint8Array(file.size);
  let at = 0;
  for (let tries = 1; at < file.size; tries++) {
    try {
      const headers: Record<string, string> = at > 0 ? { Range: `bytes=${at}-` } : {};
      const response = await fetch(file.name, { headers });
      if (!response.ok || !response.body) {
        throw new Error(`the server answered ${response.status}`);
      }
      if (response.status !== 206) at = 0; // it sends everything again
      const reader = response.body.getReader();
      while (true) {
        const { done, value } = await reader.read();
        if (done) break;
        if (at + value.length > file.size) throw new Error("it is longer than listed");
        bytes.set(value, at);
        at += value.length;
        onBytes(value.length);
      }
    } catch (error) {
      if (tries >= mostTries) {
        throw new Error(`Cannot fetch "${file.name}": ${(error as Error).message}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 200 * tries));
    }
  }
  if (await sha256([bytes]) !== file.sha256) {
    throw new Error(`Cannot use "${file.name}": its checksum is wrong: reload the page`);
  }
  await cache.put(key, new Response(bytes));
  return bytes;
}
