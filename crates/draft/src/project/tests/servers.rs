//! Servers in JavaScript and Python, and what has no known framework.

use super::*;

const EXPRESS: &[(&str, &str)] = &[
    (
        "package.json",
        r#"{"name": "expressgen", "version": "0.0.0", "private": true, "scripts": {"start": "node ./bin/www"},
            "dependencies": {"cookie-parser": "~1.4.4", "debug": "~2.6.9", "express": "~4.16.1", "morgan": "~1.9.1"}}"#,
    ),
    (
        "bin/www",
        "#!/usr/bin/env node\nvar port = normalizePort(process.env.PORT || '3000');\nserver.listen(port);\n",
    ),
    (
        "app.js",
        "var express = require('express');\nvar usersRouter = require('./routes/users');\nvar app = express();\napp.use('/users', usersRouter);\napp.get('/health', function (req, res) {});\nmodule.exports = app;\n",
    ),
    (
        "routes/users.js",
        "var express = require('express');\nvar router = express.Router();\nrouter.get('/', function(req, res, next) { res.send('x'); });\nrouter.post('/', function(req, res, next) { res.send('x'); });\nrouter.get('/:id', function(req, res, next) {});\nmodule.exports = router;\n",
    ),
    ("public/index.html", "<h1>Express</h1>"),
    (
        "render.yaml",
        "services:\n  - type: web\n    name: api\n    envVars:\n      - key: DATABASE_URL\n        sync: false\n    domains:\n      - api.acme.io\n",
    ),
];

const FASTAPI: &[(&str, &str)] = &[
    ("requirements.txt", "fastapi[standard]>=0.115\nsupabase\n"),
    ("app/__init__.py", ""),
    (
        "app/main.py",
        "import os\nfrom fastapi import FastAPI\nfrom app.items import router\n\napp = FastAPI(\n    title=\"Acme\",\n)\napp.include_router(router, prefix=\"/api\")\n\n@app.post(\"/login\")\ndef login(): ...\n\nKEY = os.environ[\"SUPABASE_SERVICE_KEY\"]\n",
    ),
    (
        "app/items.py",
        "from fastapi import APIRouter\nrouter = APIRouter()\n\n@router.get(\"/items\")\ndef items(): ...\n\n@router.post(\"/items\")\ndef create(): ...\n\n@router.delete(\"/items/{item_id}\")\ndef remove(item_id: int): ...\n",
    ),
    ("tests/test_main.py", "app = FastAPI()"),
    (
        "fly.toml",
        "app = \"acme-api\"\n[env]\n  LOG_LEVEL = \"info\"\n[[services]]\n  internal_port = 8080\n",
    ),
];

#[test]
fn servers_are_told_with_their_routes() {
    insta::assert_snapshot!("express", page(&project(EXPRESS)));
    insta::assert_snapshot!("fastapi", page(&project(FASTAPI)));
}

/// What the app of FastAPI in this file is started with.
fn uvicorn(files: &[(&str, &str)]) -> String {
    let command = command(&only(files)).to_owned();
    command
        .replace(" --host 127.0.0.1 --port 4300", "")
        .replace("python3 -m ", "")
}

#[test]
fn the_module_and_the_object_of_an_app_of_fastapi_are_found_in_its_code() {
    let manifest = (
        "pyproject.toml",
        "[project]\nname = \"acme\"\ndependencies = [\"fastapi\"]\n",
    );
    let cases: [(&[(&str, &str)], &str); 9] = [
        (&[("main.py", "app = FastAPI()\n")], "uvicorn main:app"),
        (
            &[("server.py", "api: FastAPI = fastapi.FastAPI(title='x')\n")],
            "uvicorn server:api",
        ),
        (
            &[
                ("src/acme/__init__.py", ""),
                ("src/acme/main.py", "app = FastAPI()\n"),
            ],
            "uvicorn acme.main:app --app-dir src",
        ),
        (
            &[(
                "backend/app/main.py",
                "from app.core import x\napp = FastAPI()\n",
            )],
            "uvicorn app.main:app --app-dir backend",
        ),
        (
            &[("app/main.py", "from .core import x\napp = FastAPI()\n")],
            "uvicorn app.main:app",
        ),
        (
            &[("app/main.py", "app = FastAPI()\n")],
            "uvicorn main:app --app-dir app",
        ),
        (
            &[(
                "main.py",
                "def create_app() -> FastAPI:\n    app = FastAPI()\n    return app\n",
            )],
            "uvicorn main:create_app --factory",
        ),
        (
            &[
                ("factory.py", "def create_app():\n    return FastAPI()\n"),
                ("asgi.py", "application = create_app()\n"),
            ],
            "uvicorn asgi:application",
        ),
        (
            &[
                ("other.py", "app = FastAPI()\n"),
                ("main.py", "app = FastAPI()\n"),
                ("docs/x.py", "app = FastAPI()\n"),
            ],
            "uvicorn main:app",
        ),
    ];
    for (code, expected) in cases {
        let mut files = code.to_vec();
        files.push(manifest);
        assert_eq!(uvicorn(&files), expected, "{code:?}");
    }
    // A factory that has to be given something cannot be started without knowing what.
    let needs = [
        manifest,
        (
            "main.py",
            "def create_app(settings):\n    return FastAPI()\n",
        ),
    ];
    assert_eq!(project(&needs).apps, []);
}

#[test]
fn an_app_of_fastapi_without_a_manifest_is_in_the_folder_its_imports_start_from() {
    let app = only(&[(
        "services/api/main.py",
        "from fastapi import FastAPI\napp = FastAPI(openapi_url=None)\n",
    )]);
    assert_eq!(app.folder, "services/api");
    assert_eq!(
        command(&app),
        "python3 -m uvicorn main:app --host 127.0.0.1 --port 4300"
    );
    assert_eq!(app.served_document, None);
    let computed = [(
        "main.py",
        "app = FastAPI(\n    openapi_url=f\"{settings.API}/openapi.json\",\n)\n",
    )];
    assert_eq!(only(&computed).served_document, None);
    let own = [(
        "main.py",
        "app = FastAPI(docs_url=None, openapi_url=\"/api/v1/openapi.json\")\n",
    )];
    assert_eq!(
        only(&own).served_document.unwrap().value,
        "/api/v1/openapi.json"
    );
}

#[test]
fn a_document_is_known_by_its_key_wherever_that_stands() {
    let schemas = "x".repeat(5_000);
    for (key, is_one) in [("openapi", true), ("swagger", false)] {
        let text = format!(
            "{{\"components\": {{\"x-text\": \"{schemas}\"}}, \"{key}\": \"3.1.0\", \"paths\": {{}}}}"
        );
        let told = project(&[
            ("main.py", "from fastapi import FastAPI\napp = FastAPI()\n"),
            ("openapi.json", &text),
        ]);
        assert_eq!(told.apps[0].document.is_some(), is_one, "{key}");
    }
}

#[test]
fn nest_tells_where_it_serves_its_document() {
    let app = only(&[
        (
            "package.json",
            r#"{"name": "api", "scripts": {"build": "nest build", "start": "nest start", "start:dev": "nest start --watch", "start:prod": "node dist/main"},
                "dependencies": {"@nestjs/core": "^11", "@nestjs/swagger": "^11"}}"#,
        ),
        (
            "src/main.ts",
            "SwaggerModule.setup('api', app, documentFactory);\nawait app.listen(process.env.PORT ?? 3000);\n",
        ),
    ]);
    assert_eq!(command(&app), "npm run start:prod");
    assert_eq!(app.served_document.unwrap().value, "/api-json");
}

#[test]
fn the_port_is_the_one_that_a_server_takes_or_has() {
    let server = |code: &'static str, start: &str| {
        let package = format!(
            r#"{{"name": "api", "scripts": {{"start": "{start}"}}, "dependencies": {{"express": "5"}}}}"#
        );
        let app = only(&[("package.json", &package), ("server.js", code)]);
        app.serve
            .map(|told| (told.value.port, told.value.environment.len()))
    };
    assert_eq!(
        server("app.listen(process.env.PORT || 3000)", "node server.js"),
        Some((4300, 1))
    );
    assert_eq!(
        server(
            "const { PORT } = process.env; app.listen(PORT)",
            "node server.js"
        ),
        Some((4300, 1))
    );
    assert_eq!(
        server("app.listen(3000, () => {})", "node server.js"),
        Some((3000, 0))
    );
    assert_eq!(
        server("const port = 8081;\napp.listen(port)", "node server.js"),
        Some((8081, 0))
    );
    assert_eq!(server("app.listen(settings.port)", "node server.js"), None);
    assert_eq!(
        server("app.listen(process.env.PORT)", "PORT=5000 node server.js"),
        Some((5000, 0))
    );
}

#[test]
fn a_script_for_development_starts_no_production_build() {
    for start in [
        "nodemon server.js",
        "next dev",
        "ng serve",
        "tsx watch src/index.ts",
        "node --watch server.js",
        "vite",
    ] {
        let package = format!(r#"{{"name": "api", "scripts": {{"start": "{start}"}}}}"#);
        assert_eq!(project(&[("package.json", &package)]).apps, [], "{start}");
    }
    let app = only(&[
        (
            "package.json",
            r#"{"name": "api", "scripts": {"start": "nodemon server.js"}, "dependencies": {"express": "5"}}"#,
        ),
        ("server.js", "app.listen(process.env.PORT)"),
    ]);
    assert_eq!(command(&app), "node server.js");
}

#[test]
fn without_a_known_framework_something_has_to_start_it() {
    let app = only(&[
        (
            "package.json",
            r#"{"name": "x", "scripts": {"start": "node index.js"}}"#,
        ),
        (
            "index.js",
            "require('http').createServer(f).listen(process.env.PORT)",
        ),
    ]);
    assert_eq!(command(&app), "npm run start");
    assert_eq!(app.technologies, []);

    let app = only(&[
        (
            "Procfile",
            "release: ./migrate\nweb: gunicorn app:app --bind 127.0.0.1:$PORT\n",
        ),
        ("requirements.txt", "flask\ngunicorn\n"),
    ]);
    let serve = app.serve.unwrap();
    assert_eq!(
        serve.value.command,
        "gunicorn app:app --bind 127.0.0.1:$PORT"
    );
    assert_eq!(
        serve.value.environment,
        [("PORT".to_owned(), "4300".to_owned())]
    );

    let app = only(&[
        ("service/Dockerfile", "FROM scratch"),
        ("service/main.go", "package main"),
    ]);
    assert_eq!((app.folder.as_str(), app.serve), ("service", None));
    assert_eq!(
        project(&[("main.go", "package main"), ("go.mod", "module x")]).apps,
        []
    );
}

#[test]
fn a_command_with_a_secret_is_not_taken_over() {
    let key = "sk_live~_4eC39HqLyjWDarjtT1zdp8dc".replace('~', "");
    for (command, is_kept) in [
        (
            "PAYMENTS=test gunicorn app:app --bind 127.0.0.1:$PORT".to_owned(),
            true,
        ),
        (format!("STRIPE_KEY={key} gunicorn app:app"), false),
        (
            "DATABASE_URL=postgres://app:fR7kQ2mX9vLp4wZt@db/app gunicorn app:app".to_owned(),
            false,
        ),
    ] {
        let procfile = format!("web: {command}\n");
        let found = project(&[("Procfile", &procfile), ("requirements.txt", "flask\n")]);
        let app = found.apps.first().unwrap();
        assert_eq!(app.serve.is_some(), is_kept, "{command}");
        assert_eq!(found.unread.is_empty(), is_kept, "{:?}", found.unread);
        assert!(!found.unread.concat().contains("gunicorn"));
    }
}

#[test]
fn a_server_that_brings_its_pages_is_one_app() {
    let app = only(&[
        (
            "package.json",
            r#"{"name": "rest-express", "scripts": {"dev": "tsx server/index.ts", "build": "vite build && esbuild server/index.ts --outdir=dist", "start": "NODE_ENV=production node dist/index.js"},
                "dependencies": {"express": "^4"}, "devDependencies": {"vite": "^6"}}"#,
        ),
        (
            "vite.config.ts",
            "export default { root: path.resolve('client'), build: { outDir: \"dist/public\" } }",
        ),
        ("index.html", ""),
        (
            "server/index.ts",
            "import express from 'express';\nconst app = express();\napp.get('/api/me', auth, me);\nserver.listen({ port: 5000, host: '0.0.0.0' });\nconst port = 5000;",
        ),
    ]);
    assert_eq!(technologies(&app), [Technology::Express, Technology::Vite]);
    assert_eq!(app.output, ["dist/public"]);
    assert_eq!(command(&app), "npm run start");
    assert_eq!(app.serve.unwrap().value.port, 5000);
}
