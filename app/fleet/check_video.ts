import { isAbsolute, join, sep } from "node:path";
import { hashFiles } from "../../io/files/hash_files.ts";
import { BadJob, type Job } from "./job.ts";

/** The path of a job's video. Refuses one that is outside the root, that isn't there, or that has changed. */
export async function checkVideo(root: string, job: Job): Promise<string> {
  const refuse = (why: string) => new BadJob(`Cannot read "${job.video.slice(0, 200)}": ${why}`);
  const parts = job.video.split("/");
  const strange = parts.some((part) => part === "" || part === "." || part === "..");
  if (isAbsolute(job.video) || strange || /[\\\0]/.test(job.video)) {
    throw refuse("it is outside the worker's root, or not written as a path below it");
  }
  let path: string;
  try {
    path = await Deno.realPath(join(root, ...parts));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw refuse("it is not there");
    throw error;
  }
  if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw refuse("a link leads from it to a place outside the worker's root");
  }
  const { isFile, size } = await Deno.stat(path);
  if (!isFile) throw refuse("it is no file");
  if (size !== job.bytes || await hashFiles(path) !== job.sha256) {
    throw refuse("it is not the file that was submitted: submit it again");
  }
  return path;
}
