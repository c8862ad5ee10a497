import { parseOptions, runCommand, UsageError, userPath } from "../terminal/terminal.ts";
import { buildPage } from "./build_page.ts";

const help =
  `Builds the page that reads one's own face, as a folder of static files for any web server.

usage: ./autt web:build FOLDER
  -h, --help   this text

Serve it by https, or a browser allows no camera; with the headers of app/web/page_headers.ts if possible (the
page's own policy is in its HTML as well).`;

await runCommand(async (args) => {
  const { positionals: [name, ...others] } = parseOptions(args, {}, help);
  if (name === undefined || others.length > 0) {
    throw new UsageError("Cannot build the page: name one folder");
  }
  for (const { name: file, size } of await buildPage(userPath(name))) {
    console.log(`${String(size).padStart(9)}  ${file}`);
  }
  return 0;
}, Deno.args);
