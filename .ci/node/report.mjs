// Looks at handover reports in headless Chromium: nothing is loaded, nothing foreign runs, nothing is
// cut off, and axe finds no serious fault, on a phone and on a desktop, in light and dark and as print.
//
// Usage: node report.mjs FOLDER [PICTURES]. FOLDER holds reports as *.html; `hostile.html` is one whose
// every text wants to break out, `flood.html` one with thousands of findings. With PICTURES a folder gets
// pictures and prints of `portal.html`. CHROMIUM names the browser.

import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [folder, pictures] = process.argv.slice(2);
assert.ok(folder, "a folder with reports is needed");
const { CHROMIUM = "/usr/bin/chromium" } = process.env;
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const quiet = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
// Chromium's own sandbox refuses to work for root.
const args = process.getuid?.() === 0 ? [...quiet, "--no-sandbox"] : quiet;
const profile = await mkdtemp(join(tmpdir(), "tidegate-report-"));
const context = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, headless: true, args });

const PHONE = { width: 360, height: 780 };
const DESKTOP = { width: 1280, height: 900 };
const TABLE = [];

try {
  context.setDefaultTimeout(60_000);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".html")).sort();
  assert.ok(names.length > 0, `no report in ${folder}`);
  for (const name of names) await look(resolve(folder, name));
  console.table(TABLE);
} finally {
  await context.close();
  await rm(profile, { recursive: true, force: true });
}

async function look(file) {
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("console", (message) => faults.push(`console: ${message.text()}`));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url() !== pathToFileURL(file).href) faults.push(`request: ${request.url()}`);
  });
  await page.addInitScript(() => {
    globalThis.refused = [];
    addEventListener("securitypolicyviolation", (event) => globalThis.refused.push(event.violatedDirective));
  });

  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.setViewportSize(DESKTOP);
  await page.goto(pathToFileURL(file).href);
  const { metrics } = await session.send("Performance.getMetrics");
  const busy = Math.round(metrics.find(({ name }) => name === "TaskDuration").value * 1000);
  const opened = await page.evaluate(() => Math.round(performance.getEntriesByType("navigation")[0].loadEventEnd));
  assert.ok(opened < 20_000, `${file} took ${opened} ms to open`);

  const flood = basename(file) === "flood.html";
  const found = flood ? "not run" : await accessible(page, file);
  for (const viewport of [DESKTOP, PHONE]) {
    await page.setViewportSize(viewport);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${file} is ${wide} px wider than ${viewport.width} px`);
  }
  await harmless(page, file);
  await filtered(page, file);
  if (pictures && basename(file) === "portal.html") await draw(page);
  assert.deepEqual(await page.evaluate(() => globalThis.refused), [], `${file}: the policy had to refuse something`);
  assert.deepEqual(faults, [], `${file} is quiet`);
  const { size } = await stat(file);
  TABLE.push({ report: basename(file), kilobytes: Math.round(size / 1000), "opened in ms": opened, "of CPU": busy, axe: found });
  await page.close();
}

/** No serious or critical fault by axe's rules, in light and dark. */
async function accessible(page, file) {
  let all = 0;
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    all += violations.length;
    const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    const told = bad.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
    assert.deepEqual(told, [], `${file}, ${colorScheme}`);
    for (const { id, impact, nodes } of violations) console.log(`${basename(file)}, ${colorScheme}: ${id} (${impact}): ${nodes[0].html.slice(0, 120)}`);
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = false; }));
  }
  await page.emulateMedia({ colorScheme: "light" });
  return all;
}

/** Nothing of what texts say has become an element, a handler or a link of another sort. */
async function harmless(page, file) {
  const strange = await page.evaluate(() => {
    const told = [];
    for (const one of document.querySelectorAll("*")) {
      if (["IMG", "IFRAME", "OBJECT", "EMBED", "BASE", "LINK", "VIDEO", "AUDIO", "MATH"].includes(one.tagName)) told.push(one.tagName);
      for (const { name } of one.attributes) if (name.startsWith("on") || name === "style" || name === "src") told.push(`${one.tagName} ${name}`);
      if (one.tagName === "A" && !["http:", "https:", "file:"].includes(one.protocol)) told.push(one.href);
    }
    if (document.scripts.length !== 1) told.push(`${document.scripts.length} scripts`);
    if (document.querySelectorAll("style").length !== 1) told.push("another style sheet");
    return told;
  });
  assert.deepEqual(strange, [], `${file} holds only what is ours`);
}

/** The filter leaves what was asked for, and everything when nothing is. */
async function filtered(page, file) {
  const form = page.locator("#filter");
  if ((await form.count()) === 0) return;
  const shown = () => page.locator("article.finding:not([hidden])").count();
  const all = await shown();
  await form.getByLabel("Text").fill("no finding says this");
  await page.waitForFunction(() => document.querySelector("#filter output").value.startsWith("0 of"));
  assert.equal(await shown(), 0, `${file}: everything is filtered out`);
  await form.getByLabel("Text").fill("");
  await page.waitForFunction(() => document.querySelector("#filter output").value.startsWith("All"));
  assert.equal(await shown(), all);
}

async function draw(page) {
  for (const [name, viewport, colorScheme] of [
    ["desktop-light", DESKTOP, "light"],
    ["desktop-dark", DESKTOP, "dark"],
    ["phone-light", PHONE, "light"],
    ["phone-dark", PHONE, "dark"],
  ]) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    await page.screenshot({ path: join(pictures, `${name}-top.png`) });
  }
  await page.emulateMedia({ colorScheme: "dark" });
  await page.pdf({ path: join(pictures, "print.pdf"), format: "A4", preferCSSPageSize: true, printBackground: true });
}
