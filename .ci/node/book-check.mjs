// Looks at the built guide: every link, picture, style and script of it leads somewhere, every anchor is there, and
// addresses elsewhere are well-formed; those are listed and not asked for.
//
// Usage: node book-check.mjs FOLDER [PICTURES]. With CHROMIUM, pages of each sort are opened on a phone and on a
// desktop, in light and dark: nothing is cut off, nothing comes from elsewhere, axe finds no serious fault, and the
// search finds. With PICTURES that folder gets pictures of them.

import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, extname, join, relative, resolve } from "node:path";
import process from "node:process";

const [folder, pictures] = process.argv.slice(2);
assert.ok(folder, "the folder of the built guide is needed");
const root = resolve(folder);

const pages = new Map();
const entries = await readdir(root, { recursive: true });
for (const name of entries.filter((entry) => entry.endsWith(".html"))) {
  const html = await readFile(join(root, name), "utf8");
  // What stands in code is escaped; scripts and comments are no part of the page.
  pages.set(join(root, name), html.replace(/<!--[\s\S]*?-->/g, "").replace(/(<script\b[^>]*>)[\s\S]*?<\/script>/g, "$1"));
}
assert.ok(pages.size > 20, `only ${pages.size} pages in ${root}: an empty look is no evidence`);

const broken = [];
const elsewhere = new Set();
let inside = 0;
for (const [file, html] of pages) {
  // mdBook makes the page for what is not found to be shown at any address.
  const base = /<base href="([^"]+)"/.exec(html)?.[1];
  for (const [, target] of html.matchAll(/<[a-z][^>]*?\s(?:href|src)="([^"]*)"/g)) {
    if (target === base) continue;
    const fault = /^[a-z][a-z0-9+.-]*:/i.test(target) ? foreign(target) : await missing(file, target, Boolean(base));
    if (fault) broken.push(`${relative(root, file)}: ${target}: ${fault}`);
  }
}
assert.deepEqual(broken, [], "links that lead nowhere");
assert.ok(inside > 500, `only ${inside} links were followed`);
console.log(`${pages.size} pages, ${inside} links inside; not asked for, ${elsewhere.size} elsewhere:`);
for (const address of [...elsewhere].sort()) console.log(`  ${address}`);

function foreign(target) {
  if (!URL.canParse(target)) return "no address";
  const { protocol, hostname } = new URL(target);
  if (protocol !== "https:" || !hostname.includes(".")) return "neither a page of the guide nor an address with https";
  elsewhere.add(target.split("#")[0]);
  return undefined;
}

async function missing(file, target, atRoot) {
  inside += 1;
  const [path, fragment] = target.replaceAll("&amp;", "&").split("#");
  let place = path === "" ? file : resolve(atRoot ? root : dirname(file), decodeURIComponent(path));
  if (relative(root, place).startsWith("..")) return "outside of the guide";
  const there = await stat(place).catch(() => undefined);
  if (there?.isDirectory()) place = join(place, "index.html");
  if (!there) return "no such file";
  if (!fragment || !pages.has(place)) return undefined;
  const wanted = decodeURIComponent(fragment).replaceAll('"', "&quot;");
  return pages.get(place).includes(` id="${wanted}"`) ? undefined : "no such heading";
}

if (process.env.CHROMIUM) await look(process.env.CHROMIUM);

async function look(executablePath) {
  const { chromium } = await import("playwright-core");
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const server = createServer(serve);
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const quiet = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  // Chromium's own sandbox refuses to work for root.
  const args = process.getuid?.() === 0 ? [...quiet, "--no-sandbox"] : quiet;
  const profile = await mkdtemp(join(tmpdir(), "tidegate-book-"));
  const context = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args });
  try {
    const page = await context.newPage();
    const faults = [];
    page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
    page.on("console", (message) => message.type() === "error" && faults.push(`console: ${message.text()}`));
    page.on("request", (request) => request.url().startsWith(origin) || faults.push(`from elsewhere: ${request.url()}`));
    for (const name of ["index", "first-ten-minutes", "cookbook/another-clients-record", "checks", "checks/flow", "comparison", "plugins"]) {
      await opened(page, `${origin}/${name}.html`, name, axe);
    }
    await found(page, origin);
    assert.deepEqual(faults, [], "the pages are quiet");
  } finally {
    await context.close();
    server.close();
    await rm(profile, { recursive: true, force: true });
  }
}

async function opened(page, address, name, axe) {
  for (const [device, viewport] of [["desktop", { width: 1280, height: 900 }], ["phone", { width: 360, height: 780 }]]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.goto(address);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${name} is ${wide} px wider than a ${device}`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run("main"));
      const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      const told = bad.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
      assert.deepEqual(told, [], `${name}, ${device}, ${colorScheme}`);
      if (pictures) await page.screenshot({ path: join(pictures, `${name.replaceAll("/", "-")}-${device}-${colorScheme}.png`) });
    }
  }
}

/** Who types what the risk is called finds the page about it. */
async function found(page, origin) {
  await page.goto(`${origin}/index.html?search=${encodeURIComponent("another client record")}`);
  const results = page.locator("#mdbook-searchresults a");
  await results.first().waitFor({ timeout: 20_000 });
  const addresses = await results.evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  assert.ok(addresses.some((address) => address.includes("cookbook/another-clients-record")), `found: ${addresses.join(", ")}`);
}

async function serve(request, response) {
  const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2" };
  const path = join(root, decodeURIComponent(new URL(request.url, "http://localhost").pathname));
  try {
    const body = await readFile(path);
    response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}
