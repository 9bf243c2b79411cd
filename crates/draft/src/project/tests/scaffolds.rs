//! What real scaffolds write, a few lines of each: create-next-app 16, create-vite 9 with React,
//! `sv create`, create-react-router's default, `django-admin startproject`, `rails new`,
//! `laravel new`, Lovable and Bolt.

use super::*;

const NEXT: &[(&str, &str)] = &[
    (
        "package.json",
        r#"{"name": "acme-portal", "version": "0.1.0", "private": true,
            "scripts": {"dev": "next dev", "build": "next build", "start": "next start"},
            "dependencies": {"next": "16.4.3", "react": "19.3.0", "react-dom": "19.3.0"},
            "devDependencies": {"@tailwindcss/turbopack": "^4", "typescript": "^5"}}"#,
    ),
    ("package-lock.json", "{}"),
    (
        "next.config.ts",
        "import type { NextConfig } from \"next\";\n\nconst nextConfig: NextConfig = {\n  /* config options here */\n};\n\nexport default nextConfig;\n",
    ),
    (
        "src/app/layout.tsx",
        "export default function RootLayout() {}\n",
    ),
    ("src/app/page.tsx", "export default function Home() {}\n"),
    (
        "src/app/(auth)/login/page.tsx",
        "export default function Login() {}\n",
    ),
    (
        "src/app/api/records/route.ts",
        "export async function GET() {}\nexport async function POST() {}\n",
    ),
    (
        "src/app/api/records/[id]/route.ts",
        "export async function GET() {}\nexport async function DELETE() {}\n",
    ),
    (
        "src/app/api/login/route.ts",
        "export async function POST() { process.env.SESSION_SECRET; }\n",
    ),
    (
        "src/lib/supabase.ts",
        "createClient(process.env.NEXT_PUBLIC_SUPABASE_URL!, process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY!)",
    ),
    (
        ".env.example",
        "NEXT_PUBLIC_SUPABASE_URL=\nSTRIPE_SECRET_KEY=sk_test_...\n",
    ),
    ("vercel.json", "{}"),
];

const VITE: &[(&str, &str)] = &[
    (
        "package.json",
        r#"{"name": "vite-project", "private": true, "version": "0.0.0", "type": "module",
            "scripts": {"dev": "vite", "build": "tsc -b && vite build", "lint": "oxlint", "preview": "vite preview"},
            "dependencies": {"react": "^19.3.1", "react-dom": "^19.3.1"},
            "devDependencies": {"@vitejs/plugin-react": "^6.1.2", "typescript": "~7.0.2", "vite": "^8.3.4"}}"#,
    ),
    (
        "vite.config.ts",
        "import react from '@vitejs/plugin-react'\nimport { defineConfig } from 'vite'\n\n// https://vite.dev/config/\nexport default defineConfig({\n  plugins: [react()],\n})\n",
    ),
    ("index.html", "<!doctype html>\n<div id=\"root\"></div>\n"),
    (
        "src/App.tsx",
        "fetch(import.meta.env.VITE_API_URL); <Route path=\"/login\" element={<Login />} />",
    ),
    ("pnpm-lock.yaml", ""),
];

const SVELTE: &[(&str, &str)] = &[
    (
        "package.json",
        r#"{"name": "svelte", "private": true, "version": "0.0.1", "type": "module",
            "scripts": {"dev": "vite dev", "build": "vite build", "preview": "vite preview", "prepare": "svelte-kit sync || echo ''"},
            "devDependencies": {"@sveltejs/adapter-auto": "^7.0.1", "@sveltejs/kit": "^2.63.0", "svelte": "^5.56.1", "vite": "^8.0.16"}}"#,
    ),
    (
        "vite.config.ts",
        "import adapter from '@sveltejs/adapter-auto';\n",
    ),
    ("src/app.html", "<!doctype html>"),
    (
        "src/routes/+page.svelte",
        "<script>import { PUBLIC_NAME } from '$env/static/public';</script>",
    ),
    ("src/routes/(guest)/sign-in/+page.svelte", ""),
    ("bun.lock", ""),
];

const ROUTER: &[(&str, &str)] = &[
    (
        "package.json",
        r#"{"name": "rr", "private": true, "type": "module",
            "scripts": {"build": "react-router build", "dev": "react-router dev", "start": "react-router-serve ./build/server/index.js", "typecheck": "react-router typegen && tsc"},
            "dependencies": {"@react-router/node": "7.18.4", "@react-router/serve": "7.18.4", "isbot": "^5", "react": "^19", "react-router": "7.18.4"},
            "devDependencies": {"@react-router/dev": "7.18.4", "vite": "^7"}}"#,
    ),
    (
        "react-router.config.ts",
        "export default {\n  // Server-side render by default, to enable SPA mode set this to `false`\n  ssr: true,\n} satisfies Config;\n",
    ),
    (
        "vite.config.ts",
        "export default defineConfig({ plugins: [reactRouter()] });",
    ),
    ("app/root.tsx", ""),
    (
        "app/routes.ts",
        "export default [index(\"routes/home.tsx\"), route(\"login\", \"routes/enter.tsx\")] satisfies RouteConfig;",
    ),
    ("yarn.lock", ""),
];

const DJANGO: &[(&str, &str)] = &[
    (
        "manage.py",
        "#!/usr/bin/env python\nimport os\n\ndef main():\n    os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'acme.settings')\n",
    ),
    ("acme/__init__.py", ""),
    (
        "acme/settings.py",
        "# SECURITY WARNING: don't run with debug turned on in production!\nDEBUG = True\n\nALLOWED_HOSTS = []\n\nROOT_URLCONF = 'acme.urls'\n\nWSGI_APPLICATION = 'acme.wsgi.application'\nSTATIC_URL = 'static/'\n",
    ),
    (
        "acme/urls.py",
        "\"\"\"\n    2. Add a URL to urlpatterns:  path('', views.home, name='home')\n\"\"\"\nfrom django.contrib import admin\nfrom django.urls import path\n\nurlpatterns = [\n    path('admin/', admin.site.urls),\n]\n",
    ),
    (
        "acme/wsgi.py",
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'acme.settings')\napplication = get_wsgi_application()\n",
    ),
    ("acme/asgi.py", ""),
];

const RAILS: &[(&str, &str)] = &[
    (
        "Gemfile",
        "source \"https://rubygems.org\"\n\n# Bundle edge Rails instead: gem \"rails\", github: \"rails/rails\", branch: \"main\"\ngem \"rails\", \"~> 8.0.2\"\ngem \"propshaft\"\ngem \"sqlite3\", \">= 2.1\"\ngem \"stripe\"\n",
    ),
    ("Gemfile.lock", ""),
    (
        "config/application.rb",
        "module Acme\n  class Application < Rails::Application\n  end\nend\n",
    ),
    (
        "config/routes.rb",
        "Rails.application.routes.draw do\n  resource :session\n  get \"up\" => \"rails/health#show\", as: :rails_health_check\n  # root \"posts#index\"\nend\n",
    ),
    (
        "config/environments/production.rb",
        "config.log_level = ENV.fetch(\"RAILS_LOG_LEVEL\", \"info\")\n",
    ),
    ("bin/rails", ""),
    ("Dockerfile", "FROM ruby"),
    (
        "fly.toml",
        "app = 'acme-portal'\n\n[http_service]\n  internal_port = 3000\n",
    ),
];

const LARAVEL: &[(&str, &str)] = &[
    (
        "composer.json",
        r#"{"name": "laravel/laravel", "type": "project", "require": {"php": "^8.2", "laravel/framework": "^12.0"}, "require-dev": {"pestphp/pest": "^3"}}"#,
    ),
    (
        "package.json",
        r#"{"private": true, "type": "module", "scripts": {"build": "vite build", "dev": "vite"}, "devDependencies": {"laravel-vite-plugin": "^1.2", "vite": "^6.0.11"}}"#,
    ),
    ("artisan", "#!/usr/bin/env php\n"),
    (
        "bootstrap/app.php",
        "->withRouting(\n        web: __DIR__.'/../routes/web.php',\n        health: '/up',\n    )",
    ),
    (
        "routes/web.php",
        "Route::get('/login', fn () => view('login'));",
    ),
    (
        "config/app.php",
        "'url' => env('APP_URL', 'http://localhost'),",
    ),
    (".env.example", "APP_NAME=Laravel\nAPP_KEY=\n"),
];

const LOVABLE: &[(&str, &str)] = &[
    (
        "package.json",
        r#"{"name": "vite_react_shadcn_ts", "private": true, "scripts": {"dev": "vite", "build": "vite build", "build:dev": "vite build --mode development", "preview": "vite preview"},
            "dependencies": {"@supabase/supabase-js": "^2.49", "react": "^18.3.1", "react-router-dom": "^6.26.2"},
            "devDependencies": {"@vitejs/plugin-react-swc": "^3.5.0", "lovable-tagger": "^1.1.7", "vite": "^5.4.1"}}"#,
    ),
    (
        "index.html",
        "<meta property=\"og:image\" content=\"https://lovable.dev/opengraph-image-p98pqg.png\" />",
    ),
    (
        "vite.config.ts",
        "import { componentTagger } from \"lovable-tagger\";\nexport default defineConfig(({ mode }) => ({ server: { host: \"::\", port: 8080 } }));",
    ),
    ("src/App.tsx", "<Route path=\"/auth\" element={<Auth />} />"),
    (
        "src/integrations/supabase/client.ts",
        "const SUPABASE_URL = \"https://x.supabase.co\";",
    ),
    ("supabase/config.toml", "project_id = \"x\"\n"),
    ("bun.lockb", ""),
    ("package-lock.json", ""),
];

const BOLT: &[(&str, &str)] = &[
    (".bolt/config.json", r#"{"template": "bolt-vite-react-ts"}"#),
    (
        "package.json",
        r#"{"name": "vite-react-typescript-starter", "private": true, "scripts": {"dev": "vite", "build": "vite build", "preview": "vite preview"},
            "dependencies": {"react": "^18.3.1", "firebase": "^11"}, "devDependencies": {"vite": "^5.4.2"}}"#,
    ),
    ("index.html", "<div id=\"root\"></div>"),
    ("netlify.toml", "[build]\n  publish = \"dist\"\n"),
];

#[test]
fn scaffolds_are_told_as_what_they_are() {
    for (name, files) in [
        ("next", NEXT),
        ("vite", VITE),
        ("svelte", SVELTE),
        ("router", ROUTER),
        ("django", DJANGO),
        ("rails", RAILS),
        ("laravel", LARAVEL),
        ("lovable", LOVABLE),
        ("bolt", BOLT),
    ] {
        insta::assert_snapshot!(name, page(&project(files)));
    }
}

#[test]
fn windows_line_ends_and_byte_order_marks_change_nothing() {
    for files in [
        NEXT, VITE, SVELTE, ROUTER, DJANGO, RAILS, LARAVEL, LOVABLE, BOLT,
    ] {
        let written: Vec<(&str, String)> = files
            .iter()
            .map(|(path, text)| (*path, format!("\u{feff}{}", text.replace('\n', "\r\n"))))
            .collect();
        let told = read(&Folder::of(written));
        assert_eq!(page(&told), page(&project(files)));
    }
}

#[test]
fn an_app_of_next_that_is_exported_is_served_as_files() {
    let mut files = NEXT.to_vec();
    files.retain(|(path, _)| *path != "next.config.ts");
    files.push((
        "next.config.mjs",
        "export default { output: 'export', basePath: '/portal' }",
    ));
    let app = only(&files);
    assert_eq!(
        command(&app),
        "npx --yes serve@14 -l tcp://127.0.0.1:4300 out"
    );
    assert_eq!(app.output, ["out"]);
    assert_eq!(app.serve.unwrap().value.ready, "/portal");
}

#[test]
fn an_adapter_of_svelte_and_a_mode_of_react_router_change_how_they_are_started() {
    let mut files = SVELTE.to_vec();
    let node = SVELTE[0].1.replace("adapter-auto", "adapter-node");
    files[0].1 = &node;
    let app = only(&files);
    assert_eq!(command(&app), "node build");
    let environment = app.serve.unwrap().value.environment;
    assert!(
        environment.contains(&("PORT".into(), "4300".into())),
        "{environment:?}"
    );

    let mut files = ROUTER.to_vec();
    files[1].1 = "export default { ssr: false } satisfies Config;";
    let app = only(&files);
    assert_eq!(
        command(&app),
        "yarn run vite preview --host 127.0.0.1 --port 4300 --strictPort"
    );
    assert!(app.single_page);
}

#[test]
fn a_home_page_is_known_beside_the_path_that_tells_it_is_ready() {
    let home = |files: &[(&'static str, &'static str)], routes: (&'static str, &'static str)| {
        let others = files.iter().filter(|(path, _)| *path != routes.0);
        let mut files: Vec<_> = others.copied().collect();
        files.push(routes);
        only(&files).home
    };
    let rails = |text| home(RAILS, ("config/routes.rb", text));
    assert_eq!(rails("  root \"posts#index\"\n").as_deref(), Some("/"));
    assert_eq!(rails("  # root \"posts#index\"\n"), None);
    let laravel = |text| home(LARAVEL, ("routes/web.php", text));
    assert_eq!(
        laravel("Route::get('/', fn () => view('welcome'));").as_deref(),
        Some("/")
    );
    assert_eq!(laravel("// Route::get('/', fn () => 1);"), None);
}

#[test]
fn a_virtual_environment_is_made_where_it_is_missing() {
    let install = |manifest: &'static str, environment: &'static str| {
        let mut files = DJANGO.to_vec();
        files.extend([(manifest, ""), (environment, "")]);
        only(&files).install.map(|told| told.value)
    };
    assert_eq!(
        install("requirements.txt", ".venv/pyvenv.cfg").as_deref(),
        Some("python3 -m venv .venv && .venv/bin/pip install -r requirements.txt")
    );
    assert_eq!(
        install("requirements.txt", "notes.txt").as_deref(),
        Some("pip install -r requirements.txt")
    );
}

#[test]
fn servers_of_django_are_used_where_they_are_dependencies() {
    let with = |manifest: (&'static str, &'static str), lock: &'static str| {
        let mut files = DJANGO.to_vec();
        files.push(manifest);
        if !lock.is_empty() {
            files.push((lock, ""));
        }
        command(&only(&files)).to_owned()
    };
    assert_eq!(
        with(("requirements.txt", "Django==5.2\ngunicorn\n"), ""),
        "python3 -m gunicorn acme.wsgi:application --bind 127.0.0.1:4300"
    );
    assert_eq!(
        with(
            ("requirements.txt", "Django==5.2\ngunicorn\n"),
            ".venv/pyvenv.cfg"
        ),
        ".venv/bin/gunicorn acme.wsgi:application --bind 127.0.0.1:4300"
    );
    assert_eq!(
        with(
            (
                "pyproject.toml",
                "[project]\nname = \"x\"\ndependencies = [\"django\", \"uvicorn\"]\n"
            ),
            "uv.lock"
        ),
        "uv run uvicorn acme.asgi:application --host 127.0.0.1 --port 4300"
    );
    assert_eq!(
        with(
            (
                "pyproject.toml",
                "[tool.poetry.dependencies]\nDjango = \"5\"\n"
            ),
            ""
        ),
        "poetry run python manage.py runserver 127.0.0.1:4300 --noreload"
    );
}
