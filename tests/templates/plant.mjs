// Plants one fault into a project: node plant.mjs TEMPLATE FAULT FOLDER.
//
// Keys are made when it runs, so that none is in the repository.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { secrets } from "../bundles/keys.mjs";

const key = secrets["supabase-service-role-key"];
const staging = "https://api.staging.acme.example";

// Sets what is in a file.
const whole = (text) => () => text;

// Puts a text before another one, or after it.
const before = (mark, text) => replaced(mark, (found) => text + found);
const after = (mark, text) => replaced(mark, (found) => found + text);

function replaced(mark, change) {
  return (old) => {
    if (!old.includes(mark)) {
      throw new Error(`there is no \`${mark}\``);
    }
    return old.replace(mark, () => change(mark));
  };
}

const inOrder =
  (...edits) =>
  (old) =>
    edits.reduce((text, edit) => edit(text), old);

// A button that asks an address, with a key or without.
const button = (address, headers) => `const address = "${address}/records";

export function Records() {
  return <button onClick={() => fetch(address${headers})}>Records</button>;
}
`;
const asking = {
  key: button("https://wzkqpmvhtdjxrnbslcyf.supabase.co/rest/v1", `, { headers: { apikey: "${key}" } }`),
  staging: button(staging, ""),
};

const inNext = (text) => ({
  "app/records.tsx": whole(`"use client";\n\n${text}`),
  "app/page.tsx": inOrder(
    before('import Image from "next/image";', 'import { Records } from "./records";\n'),
    before("<main ", "<Records />\n      "),
  ),
});
const inVite = (text) => ({
  "src/records.tsx": whole(text),
  "src/App.tsx": inOrder(
    before("import { useState } from 'react'", "import { Records } from './records.tsx'\n"),
    after('<section id="center">', "\n        <Records />"),
  ),
});

// What runs before every page.
const inProxy = (line) => ({
  "proxy.ts": whole(`export async function proxy() {\n  ${line}\n}\n\nexport const config = { matcher: "/" };\n`),
});
const inPreview = (line, response = "_response") => ({
  "vite.config.ts": replaced(
    "plugins: [react()],",
    () => `plugins: [
    react(),
    {
      name: 'server',
      configurePreviewServer(server) {
        server.middlewares.use((request, ${response}, next) => {
          if (request.url !== '/') return next()
          ${line}
        })
      },
    },
  ],`,
  ),
});

const inFastApi = (body, imports = "") => ({
  "main.py": inOrder(
    replaced('    return {"message": "Hello World"}\n', () => body),
    before("from fastapi", imports),
  ),
});
const inDjango = (line, imports = "") => ({
  "home/views.py": inOrder(before("    return render", line), before("from django", imports)),
});

const variables = (name) => ({ ".env.production": whole(`${name}=${staging}\n`) });

const templates = {
  next: {
    key: inNext(asking.key),
    staging: inNext(asking.staging),
    "staging-file": variables("NEXT_PUBLIC_API_URL"),
    error: inProxy('throw new Error("SESSION_SECRET is not set");'),
    slow: inProxy("await new Promise((resolve) => setTimeout(resolve, 1000));"),
  },
  vite: {
    key: inVite(asking.key),
    staging: inVite(asking.staging),
    "staging-file": variables("VITE_API_URL"),
    error: inPreview("response.statusCode = 500; response.end('Internal Server Error')", "response"),
    slow: inPreview("setTimeout(next, 1000)"),
  },
  fastapi: {
    key: inFastApi(`    return {"message": "Hello World", "key": "${key}"}\n`),
    staging: inFastApi(`    return {"message": "Hello World", "next": "${staging}/records"}\n`),
    "staging-file": variables("API_URL"),
    error: inFastApi('    raise RuntimeError("DATABASE_URL is not set")\n'),
    slow: inFastApi('    time.sleep(1)\n    return {"message": "Hello World"}\n', "import time\n"),
  },
  django: {
    // No fault: what its manual says for production.
    production: {
      "config/settings.py": inOrder(
        after("from pathlib import Path\n", "import os\n"),
        replaced("DEBUG = True", () => 'DEBUG = os.environ.get("DJANGO_DEBUG") == "1"'),
        replaced("ALLOWED_HOSTS = []", () => 'ALLOWED_HOSTS = ["127.0.0.1", "localhost"]'),
        after("INSTALLED_APPS = [\n", "    'home',\n"),
        after("    'django.middleware.security.SecurityMiddleware',\n", "    'whitenoise.middleware.WhiteNoiseMiddleware',\n"),
        after("STATIC_URL = 'static/'\n", "STATIC_ROOT = BASE_DIR / 'staticfiles'\n"),
      ),
      "config/urls.py": inOrder(
        after("from django.urls import path\n", "from home.views import home\n"),
        after("urlpatterns = [\n", "    path('', home),\n"),
      ),
    },
    key: { "home/templates/home.html": before("</body>", `  <script>const key = "${key}";</script>\n  `) },
    staging: { "home/templates/home.html": before("</body>", `  <a href="${staging}/records">Records</a>\n  `) },
    "staging-file": variables("API_URL"),
    error: inDjango('    raise RuntimeError("DATABASE_URL is not set")\n'),
    slow: inDjango("    time.sleep(1)\n", "import time\n\n"),
  },
};

const [template, fault, folder] = process.argv.slice(2);
const edits = templates[template]?.[fault];
if (!edits || !folder) {
  throw new Error("usage: node plant.mjs TEMPLATE FAULT FOLDER");
}
for (const [file, edit] of Object.entries(edits)) {
  const path = join(folder, file);
  const old = await readFile(path, "utf8").catch(() => "");
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, edit(old));
}
