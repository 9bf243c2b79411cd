// A preprocessor of mdBook: what a page links to outside of docs/ is on GitHub for readers of the site.
//
// In the repository such links are relative, so that they work there and a test can follow them.

import { posix } from "node:path";
import process from "node:process";

const HOME = "https://github.com/tidegate/tidegate/blob/main";

if (process.argv[2] === "supports") process.exit(0);

let input = "";
for await (const chunk of process.stdin.setEncoding("utf8")) input += chunk;
const [, book] = JSON.parse(input);
book.items.forEach(visit);
process.stdout.write(JSON.stringify(book));

function visit(item) {
  const chapter = item.Chapter;
  if (!chapter) return;
  if (chapter.path) chapter.content = outsideOfCode(chapter.content, (text) => led(text, posix.dirname(chapter.path)));
  chapter.sub_items.forEach(visit);
}

/** Changes what stands between fenced blocks of code. */
function outsideOfCode(text, change) {
  const parts = text.split(/^([ \t]*```[^\n]*\n[\s\S]*?^[ \t]*```[ \t]*$)/m);
  return parts.map((part, index) => (index % 2 === 0 ? change(part) : part)).join("");
}

function led(text, folder) {
  return text.replace(/\]\((\.\.\/[^)\s]*)\)/g, (whole, target) => {
    const path = posix.normalize(posix.join("docs", folder, target));
    return path.startsWith("docs/") ? whole : `](${HOME}/${path})`;
  });
}
