//! Repositories with several apps.

use super::*;

fn package(name: &str, more: &str) -> String {
    format!(r#"{{"name": "{name}", "version": "0.0.0", "private": true{more}}}"#)
}

#[test]
fn a_monorepo_with_four_apps_and_libraries() {
    let root = package(
        "acme",
        r#", "workspaces": ["apps/*", "packages/*"], "packageManager": "pnpm@10.4.1", "scripts": {"build": "turbo run build", "start": "turbo run start"}, "devDependencies": {"turbo": "^2"}"#,
    );
    let next = |name: &str, needs: &str| {
        package(
            name,
            &format!(
                r#", "scripts": {{"dev": "next dev", "build": "next build", "start": "next start"}}, "dependencies": {{"next": "16"{needs}}}"#
            ),
        )
    };
    let web = next(
        "web",
        r#", "@acme/ui": "workspace:*", "@acme/db": "workspace:*""#,
    );
    let docs = next("docs", r#", "@acme/ui": "workspace:*""#);
    let api = package(
        "@acme/api",
        r#", "scripts": {"build": "tsc", "start": "node dist/server.js"}, "dependencies": {"express": "5", "stripe": "18"}"#,
    );
    let admin = package(
        "admin",
        r#", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}"#,
    );
    let ui = package(
        "@acme/ui",
        r#", "exports": {".": "./src/index.ts"}, "peerDependencies": {"next": "16"}, "devDependencies": {"next": "16", "vite": "7"}"#,
    );
    let db = package(
        "@acme/db",
        r#", "dependencies": {"@supabase/supabase-js": "2"}"#,
    );
    let told = project(&[
        ("package.json", &root),
        ("pnpm-lock.yaml", ""),
        (
            "pnpm-workspace.yaml",
            "packages:\n  - apps/*\n  - packages/*\n",
        ),
        ("turbo.json", "{ // tasks\n \"tasks\": {} }"),
        (".env.example", "SHARED_TOKEN=\n"),
        ("apps/web/package.json", &web),
        ("apps/web/app/page.tsx", "export default function Page() {}"),
        ("apps/web/vercel.json", "{}"),
        ("apps/docs/package.json", &docs),
        (
            "apps/docs/app/page.tsx",
            "export default function Page() {}",
        ),
        ("apps/api/package.json", &api),
        (
            "apps/api/src/server.ts",
            "import express from 'express'; const app = express(); app.get('/v1/items', list); app.listen(process.env.PORT);",
        ),
        ("apps/admin/package.json", &admin),
        ("apps/admin/index.html", ""),
        ("apps/admin/vite.config.ts", "export default {}"),
        ("packages/ui/package.json", &ui),
        ("packages/ui/app/page.tsx", ""),
        ("packages/db/package.json", &db),
        (
            "packages/db/src/client.ts",
            "createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY)",
        ),
        ("examples/next/package.json", &web),
        ("examples/next/app/page.tsx", ""),
        ("netlify.toml", "[build]\n  base = \"apps/admin\"\n"),
    ]);
    insta::assert_snapshot!("monorepo", page(&told));
}

#[test]
fn a_backend_beside_a_frontend_is_two_apps() {
    let told = project(&[
        (
            "frontend/package.json",
            r#"{"name": "frontend", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}"#,
        ),
        ("frontend/index.html", ""),
        ("frontend/yarn.lock", ""),
        ("backend/requirements.txt", "fastapi\nuvicorn\n"),
        (
            "backend/app/main.py",
            "from app.x import y\napp = FastAPI()\n",
        ),
        (
            "package.json",
            r#"{"name": "all", "scripts": {"start": "npm-run-all start:*"}}"#,
        ),
        ("docker-compose.yml", "services: {}\n"),
        ("Dockerfile", "FROM scratch"),
    ]);
    let apps: Vec<(&str, &str)> = told
        .apps
        .iter()
        .map(|app| (app.folder.as_str(), command(app)))
        .collect();
    assert_eq!(
        apps,
        [
            (
                "frontend",
                "yarn run vite preview --host 127.0.0.1 --port 4300 --strictPort"
            ),
            (
                "backend",
                "python3 -m uvicorn app.main:app --host 127.0.0.1 --port 4301"
            ),
        ]
    );
    assert_eq!(told.apps[0].output, ["frontend/dist"]);
}

#[test]
fn projects_of_nx_are_apps_and_its_libraries_are_not() {
    let told = project(&[
        (
            "package.json",
            r#"{"name": "@acme/source", "scripts": {"start": "nx serve"}, "dependencies": {"next": "15"}, "devDependencies": {"nx": "20", "vite": "6"}}"#,
        ),
        ("nx.json", "{}"),
        (
            "apps/web/project.json",
            r#"{"name": "web", "projectType": "application"}"#,
        ),
        ("apps/web/next.config.js", "module.exports = {}"),
        ("apps/web/app/page.tsx", ""),
        (
            "libs/ui/project.json",
            r#"{"name": "ui", "projectType": "library"}"#,
        ),
        (
            "libs/ui/vite.config.ts",
            "export default { build: { lib: { entry: 'x' } } }",
        ),
    ]);
    assert_eq!(told.apps.len(), 1, "{told:#?}");
    let web = &told.apps[0];
    assert_eq!(
        (web.folder.as_str(), technologies(web)),
        ("apps/web", vec![Technology::Next])
    );
    assert_eq!(web.build.as_ref().unwrap().value, "npx nx build web");
    assert_eq!(web.serve, None);
}
