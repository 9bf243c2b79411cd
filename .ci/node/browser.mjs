// Opens the portal in headless Chromium and logs in, as a person would.
//
// Usage: node browser.mjs URL. CHROMIUM names the browser, PORTAL_EMAIL and PORTAL_PASSWORD the person.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { chromium } from "playwright-core";

const [url] = process.argv.slice(2);
const { CHROMIUM = "/usr/bin/chromium", PORTAL_EMAIL, PORTAL_PASSWORD } = process.env;
assert.ok(url && PORTAL_EMAIL && PORTAL_PASSWORD, "a URL, PORTAL_EMAIL and PORTAL_PASSWORD are needed");

// Without these the browser looks for its maker's hosts at every start.
const quiet = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
// Chromium's own sandbox refuses to work for root.
const args = process.getuid?.() === 0 ? [...quiet, "--no-sandbox"] : quiet;

const profile = await mkdtemp(join(tmpdir(), "tidegate-browser-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: CHROMIUM,
  headless: true,
  args,
});
try {
  await look(context);
  console.log("the browser logged in and saw the records");
} finally {
  await context.close();
  await rm(profile, { recursive: true, force: true });
}

async function look(context) {
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));

  const response = await page.goto(url);
  assert.equal(response.status(), 200);
  assert.equal(await page.title(), "Client portal");

  await page.getByLabel("Email").fill(PORTAL_EMAIL);
  await page.getByLabel("Password").fill(PORTAL_PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();

  await page.getByRole("heading", { name: "Records" }).waitFor();
  await page.locator("#rows tr").first().waitFor();
  assert.ok(await page.getByLabel("Email").isHidden(), "the login form is gone");
  assert.ok((await page.locator("#rows tr").count()) >= 3, "the seeded records are shown");

  const cookies = await context.cookies(url);
  const session = cookies.find((cookie) => cookie.name === "portal_session");
  assert.ok(session?.httpOnly, "the session's cookie is out of reach of scripts");
  assert.deepEqual(faults, [], "no script failed");
}
