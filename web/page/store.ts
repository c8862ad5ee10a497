/// <reference lib="dom" />
import type { Result } from "../messages.ts";

/** A person as they are kept: vectors, and no picture. */
export interface StoredPerson {
  readonly name: string;
  /** The resting face. */
  readonly enrolment?: Uint8Array<ArrayBuffer> | undefined;
  /** What adapting learnt, for the same model. */
  readonly state?: Uint8Array<ArrayBuffer> | undefined;
}

/** A session as it is kept. */
export interface StoredSession {
  readonly id: string;
  readonly person: string;
  /** ISO time. */
  readonly when: string;
  readonly name: string;
  readonly result: Result;
}

const database = "autt", version = 1;

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** What is kept in this browser: consent, people, sessions. */
export class Store {
  readonly #database: IDBDatabase;

  private constructor(opened: IDBDatabase) {
    this.#database = opened;
  }

  /** Whether something is kept already. */
  static async exists(): Promise<boolean> {
    const found = await indexedDB.databases().catch(() => []);
    return found.some(({ name }) => name === database);
  }

  /** Opens it, and makes it where there is none. */
  static async open(): Promise<Store> {
    const request = indexedDB.open(database, version);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("consent");
      request.result.createObjectStore("people", { keyPath: "name" });
      request.result.createObjectStore("sessions", { keyPath: "id" });
    };
    return new Store(await asked(request));
  }

  async consent(): Promise<string | undefined> {
    return await asked(this.#read("consent").get("given"));
  }

  async giveConsent(when: string): Promise<void> {
    await asked(this.#write("consent").put(when, "given"));
  }

  async person(name: string): Promise<StoredPerson> {
    return await asked(this.#read("people").get(name)) ?? { name };
  }

  async people(): Promise<StoredPerson[]> {
    return await asked(this.#read("people").getAll());
  }

  async keepPerson(person: StoredPerson): Promise<void> {
    await asked(this.#write("people").put(person));
  }

  async sessions(): Promise<StoredSession[]> {
    const all: StoredSession[] = await asked(this.#read("sessions").getAll());
    return all.sort((a, b) => b.when.localeCompare(a.when));
  }

  async keepSession(session: StoredSession): Promise<void> {
    await asked(this.#write("sessions").put(session));
  }

  close(): void {
    this.#database.close();
  }

  #read(store: string): IDBObjectStore {
    return this.#database.transaction(store, "readonly").objectStore(store);
  }

  #write(store: string): IDBObjectStore {
    return this.#database.transaction(store, "readwrite").objectStore(store);
  }
}

/** What is left in this browser of the page: counted, so that deleting can be proven. */
export interface Remains {
  readonly databases: number;
  readonly caches: number;
  readonly files: number;
}

async function originFiles(): Promise<FileSystemDirectoryHandle | undefined> {
  return await navigator.storage?.getDirectory?.().catch(() => undefined);
}

type Names = { keys(): AsyncIterable<string> };

/** Counts what is kept. */
export async function remains(): Promise<Remains> {
  const folder = await originFiles();
  let files = 0;
  if (folder) { for await (const _ of (folder as unknown as Names).keys()) files++; }
  return {
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    files,
  };
}

/** Deletes everything that this page keeps. The store must be closed. */
export async function deleteAll(): Promise<Remains> {
  for (const { name } of await indexedDB.databases()) {
    if (name !== undefined) await asked(indexedDB.deleteDatabase(name));
  }
  for (const name of await caches.keys()) await caches.delete(name);
  const folder = await originFiles();
  if (folder) {
    const names: string[] = [];
    for await (const name of (folder as unknown as Names).keys()) names.push(name);
    for (const name of names) await folder.removeEntry(name, { recursive: true });
  }
  localStorage.clear();
  sessionStorage.clear();
  return await remains();
}
