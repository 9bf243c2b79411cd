use super::super::Code;
use super::super::tests::read;
use crate::testing::FakeFiles;

#[test]
fn routers_are_followed_through_files() {
    let app = "const express = require('express');\nconst app = express();\nconst { requireAuth } = require('./auth');\nconst records = require('./routes/records');\n\napp.use(express.json());\napp.get('/health', (req, res) => res.send('ok'));\napp.use('/api/records', requireAuth, records);\napp.use('/api/admin', requireAuth, requireRole('admin'), require('./routes/admin'));\napp.listen(3000);\n";
    let records = "const router = require('express').Router();\nconst { list, remove } = require('../controllers/records');\nrouter.route('/')\n  .get(list)\n  .post(async (req, res) => { res.json({}) });\nrouter.delete('/:id', remove);\nmodule.exports = router;\n";
    let admin = "import { Router } from 'express';\nconst router = Router();\nrouter.get('/users', (req, res) => { res.json([]) });\nexport default router;\n";
    let found = read(&[
        ("src/app.js", app),
        ("src/routes/records.js", records),
        ("src/routes/admin.ts", admin),
    ]);
    assert_eq!(
        found,
        [
            "GET /api/admin/users src/routes/admin.ts:3 requireAuth, requireRole('admin')",
            "GET /api/records src/routes/records.js:4 requireAuth",
            "POST /api/records src/routes/records.js:5 requireAuth",
            "DELETE /api/records/{id} src/routes/records.js:6 requireAuth",
            "GET /health src/app.js:7 nothing",
        ]
    );
}

#[test]
fn a_path_without_an_end_means_a_file_before_a_folder_and_typescript_before_javascript() {
    let app = "import express from 'express';\nimport a from './a';\nimport b from './b.js';\nimport c from '@/c';\nconst app = express();\napp.use('/a', a);\napp.use('/b', b);\napp.use('/c', c);\n";
    let router = |path: &str| {
        format!(
            "import {{ Router }} from 'express';\nconst router = Router();\nrouter.get('{path}', (q, s) => s.end());\nexport default router;\n"
        )
    };
    let found = read(&[
        ("src/app.ts", app),
        ("src/a.ts", &router("/file")),
        ("src/a.js", &router("/older")),
        ("src/a/index.ts", &router("/folder")),
        ("src/b.ts", &router("/typed")),
        ("src/c/index.js", &router("/index")),
    ]);
    assert_eq!(
        found,
        [
            "GET /a/file src/a.ts:3 nothing",
            "GET /b/typed src/b.ts:3 nothing",
            "GET /c/index src/c/index.js:3 nothing",
            "GET /folder src/a/index.ts:3 ?",
            "GET /older src/a.js:3 ?",
        ]
    );
}

#[test]
fn routes_are_told_from_what_is_alike() {
    let quiet = "import axios from 'axios';\nconst express = require('express'); const app = express();\n// app.get('/commented', h)\n/* app.post('/block', h) */\nconst text = \"app.get('/quoted', h)\";\nconst template = `app.get('/template', ${h})`;\naxios.get('/api/x', { params: {} });\naxios.post('/api/x', body);\nconst map = new Map(); map.get('a'); cache.get('/x', () => 1);\nrequest(app).get('/in-a-test').expect(200);\napp.get('env'); app.set('view engine', 'x');\nclient.delete('/api/x', h);\nexport async function load(api) { return api.get('/client', { params: {} }); }\nexport const get = (http) => http.get('/client', h);\nexport async function save(api, body) { await api.post('/saved', body); }\n";
    assert_eq!(read(&[("src/a.js", quiet)]), [""; 0]);
}

#[test]
fn notations_of_paths_and_handlers_are_read() {
    let code = "import express, { type Express } from 'express';\nconst BASE = '/api' as const;\nconst app: Express = express();\napp.get(['/a', '/b'], ok);\napp.get(`${BASE}/c`, ok);\napp.get(BASE + '/d', ok);\napp.get(/pattern/, ok);\napp.get(`/e/${unknown()}`, ok);\napp.all('/any', ok);\napp.get<Params>('/typed', ok);\napp.put('/chained', ok).patch('/chained', ok);\nfunction ok(req, res) { if (!req.user) return; }\nclass Server { public router = express.Router(); constructor() { this.router.get('/class', ok); } }\n";
    assert_eq!(
        read(&[("a.ts", code)]),
        [
            "GET /a a.ts:4 req.user",
            "ANY /any a.ts:9 req.user",
            "GET /api/c a.ts:5 req.user",
            "GET /api/d a.ts:6 req.user",
            "GET /b a.ts:4 req.user",
            "PUT /chained a.ts:11 req.user",
            "PATCH /chained a.ts:11 req.user",
            "GET /class a.ts:13 req.user",
            "GET /typed a.ts:10 req.user",
        ]
    );
    let unread = Code::read(&*FakeFiles::new(&[("a.ts", code)]), &[]).unread;
    assert_eq!(
        unread,
        [
            "a.ts:7: the path of a route is made while the app runs",
            "a.ts:8: the path of a route is made while the app runs",
        ]
    );
}

#[test]
fn checks_for_all_routes_after_them_are_seen() {
    let code = "const app = require('express')();\napp.use(session({ secret: 'x' }));\napp.use(passport.initialize());\napp.get('/open', (q, s) => s.end());\napp.use('/admin', requireAdmin);\napp.use(requireLogin);\napp.get('/closed', (q, s) => s.end());\napp.get('/admin/x', (q, s) => s.end());\napp.get('/limited', loginLimiter, (q, s) => s.end());\napp.get('/own', someCheck, (q, s) => s.end());\n";
    assert_eq!(
        read(&[("a.js", code)]),
        [
            "GET /admin/x a.js:8 requireAdmin, requireLogin",
            "GET /closed a.js:7 requireLogin",
            "GET /limited a.js:9 requireLogin",
            "GET /open a.js:4 nothing",
            "GET /own a.js:10 requireLogin",
        ]
    );
}

#[test]
fn a_lone_check_for_every_method_is_for_what_comes_after_it() {
    let code = "const app = require('express')();\napp.get('/api/health', (q, s) => s.end());\napp.all('/api/*', requireAuth);\napp.get('/api/login', (q, s) => s.end());\napp.all('/own', requireAuth(handler));\napp.get('/own/x', (q, s) => s.end());\n";
    assert_eq!(
        read(&[("a.js", code)]),
        [
            "GET /api/health a.js:2 nothing",
            "GET /api/login a.js:4 requireAuth",
            "ANY /api/{*rest} a.js:3 ?",
            "ANY /own a.js:5 requireAuth()",
            "GET /own/x a.js:6 nothing",
        ]
    );
}

#[test]
fn functions_that_are_handed_an_app_declare_its_routes() {
    let app = "import express from 'express';\nimport { register } from './register.js';\nconst app = express();\nregister(app);\nrequire('./more')(app);\n";
    let register = "import type { Express } from 'express';\nexport function register(app: Express) {\n  app.get('/one', (q, s) => s.end());\n}\n";
    let more = "module.exports = (app) => {\n  app.post('/two', (q, s) => s.end());\n};\n";
    assert_eq!(
        read(&[
            ("app.ts", app),
            ("register.ts", register),
            ("more.js", more)
        ]),
        [
            "GET /one register.ts:3 nothing",
            "POST /two more.js:2 nothing"
        ]
    );
}

#[test]
fn fastify_and_hono_are_read_alike() {
    let fastify = "import Fastify from 'fastify';\nimport users from './users.js';\nconst fastify = Fastify({ logger: true });\nfastify.register(users, { prefix: '/users' });\nfastify.get('/status', { schema }, async () => ({}));\nfastify.route({ method: ['GET', 'HEAD'], url: '/r', preHandler: [fastify.authenticate], handler: async () => 1 });\n";
    let users = "export default async function routes(fastify, options) {\n  fastify.addHook('onRequest', fastify.authenticate);\n  fastify.get('/:id', async (request) => ({}));\n}\n";
    assert_eq!(
        read(&[("server.ts", fastify), ("users.ts", users)]),
        [
            "GET /r server.ts:6 fastify.authenticate",
            "HEAD /r server.ts:6 fastify.authenticate",
            "GET /status server.ts:5 nothing",
            "GET /users/{id} users.ts:3 fastify.authenticate",
        ]
    );
    let hono = "import { Hono } from 'hono'\nimport books from './books'\nconst app = new Hono<{ Bindings: B }>().basePath('/api')\napp.use('/private/*', bearerAuth({ token }))\napp.get('/private/x', (c) => c.text('x'))\napp.route('/books', books)\napp.on(['PUT', 'DELETE'], '/on', (c) => c.text('x'))\nexport default app\n";
    let books = "import { Hono } from 'hono'\nconst books = new Hono()\n  .get('/', (c) => c.json([]))\n  .post('/:id{[0-9]+}', (c) => c.json([]))\nexport default books\n";
    assert_eq!(
        read(&[("src/index.ts", hono), ("src/books.ts", books)]),
        [
            "GET /api/books src/books.ts:3 nothing",
            "POST /api/books/{id} src/books.ts:4 nothing",
            "PUT /api/on src/index.ts:7 nothing",
            "DELETE /api/on src/index.ts:7 nothing",
            "GET /api/private/x src/index.ts:5 bearerAuth()",
        ]
    );
}

#[test]
fn apps_of_factories_and_of_members_are_followed() {
    let main = "const util = require('./util');\nconst projects = require('./projects');\nconst admin = require('./admin');\nlet adminApp;\nfunction init(settings) {\n  adminApp = util.createExpressApp(settings);\n  adminApp.use('/projects', projects.app());\n  adminApp.use(admin.init());\n  adminApp.get('/flows', needsPermission('flows.read'), list);\n}\n";
    let projects = "const express = require('express');\nmodule.exports = {\n  init: function () {},\n  app: function () {\n    const app = express();\n    app.get('/:id', (q, s) => s.end());\n    return app;\n  },\n};\n";
    let admin = "const express = require('express');\nmodule.exports = {\n  init() {\n    const app = express();\n    app.get('/admin', (q, s) => s.end());\n    return app;\n  },\n};\n";
    assert_eq!(
        read(&[
            ("index.js", main),
            ("projects.js", projects),
            ("admin.js", admin)
        ]),
        [
            "GET /admin admin.js:5 nothing",
            "GET /flows index.js:9 needsPermission('flows.read')",
            "GET /projects/{id} projects.js:6 nothing",
        ]
    );
}

#[test]
fn an_express_that_a_project_wraps_is_express() {
    let app = "const express = require('../shared/express');\nmodule.exports = function setup() {\n  const api = express('api');\n  api.lazyUse('/admin/', require('./admin'));\n  return api;\n};\n";
    let admin = "const express = require('../shared/express');\nmodule.exports = function routes() {\n  const router = express.Router('admin');\n  router.del('/posts/:id', mw.authAdminApi, http(api.posts.destroy));\n  return router;\n};\n";
    assert_eq!(
        read(&[("web/app.js", app), ("web/admin.js", admin)]),
        ["DELETE /admin/posts/{id} web/admin.js:4 mw.authAdminApi"]
    );
}

#[test]
fn near_misses_in_pages_tests_and_mocks_are_left_alone() {
    let jsx = "export default function Page({ app }) {\n  const n = a / b; const p = /app.get('\\/re', h)|\"`/g;\n  return <div title=\"app.get('/attr', h)\">Don't app.get('/text', h) {`${`app.get('/t', h) ${x}`}`}</div>;\n}\n";
    let mock = "import { http, HttpResponse } from 'msw';\nexport const handlers = [http.get('/mock', () => HttpResponse.json([]))];\ncy.get('/x'); res.get('x'); headers.get('/x', y); page.route('/api/**', h);\n";
    let types = "import type { Express } from 'express';\nexport type Get = (app: Express) => void;\ninterface Api { get(path: string, handler: Handler): void }\ndeclare const app: Express;\n";
    let after = "const r = /[/'\"`]/; const s = `a ${ { b: '}' }.b } '`; const app = require('express')();\napp.get('env');\napp.get('/real', (q, s) => s.end());\n";
    let files = [
        ("page.tsx", jsx),
        ("mock.ts", mock),
        ("types.ts", types),
        ("after.js", after),
    ];
    assert_eq!(read(&files), ["GET /real after.js:3 nothing"]);
}
