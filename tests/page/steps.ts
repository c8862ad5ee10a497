/// <reference lib="dom" />
import type { Page } from "playwright-core";
import type { Result } from "../../web/messages.ts";

/** A session as the page keeps it, as far as tests look at it. */
export interface StoredSession {
  readonly person: string;
  readonly result: Pick<Result, "json" | "csv" | "abstained" | "seen" | "rest">;
}

/** Agrees to what the page tells, and waits until the model is open. */
export async function agree(page: Page): Promise<void> {
  await page.getByRole("button", { name: "I understand" }).click();
  await page.getByRole("heading", { name: "Start", exact: true }).waitFor({ timeout: 60_000 });
}

/** The sessions in the page's own database. */
export async function storedSessions(page: Page): Promise<StoredSession[]> {
  return await page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await asked(indexedDB.open("autt"));
    const all = await asked(database.transaction("sessions").objectStore("sessions").getAll());
    database.close();
    return all as StoredSession[];
  });
}

/** What the browser keeps of the page, asked of the browser and not of the page. */
export async function kept(page: Page) {
  return await page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory();
    let files = 0;
    for await (const _ of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) files++;
    return {
      databases: (await indexedDB.databases()).length,
      caches: (await caches.keys()).length,
      files,
    };
  });
}

/** Waits for a view. */
export const heading = (page: Page, name: string) =>
  page.getByRole("heading", { name, exact: true }).waitFor({ timeout: 60_000 });

/** Presses a button. */
export const press = (page: Page, name: string) =>
  page.getByRole("button", { name, exact: true }).click({ timeout: 60_000 });

/** Opens the pictures of a folder whose names begin so. */
export async function pictures(page: Page, folder: string, begin = ""): Promise<void> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.startsWith(begin) && name.endsWith(".png"));
  await page.getByLabel("Open a video or pictures").setInputFiles(
    names.map((name) => `${folder}/${name}`),
  );
}
