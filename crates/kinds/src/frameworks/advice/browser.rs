//! What browsers are told, and what is served beside the portal.

use super::super::Framework;

/// Cookies of a session.
pub(super) fn cookies(framework: Framework) -> Option<&'static str> {
    Some(match framework {
        Framework::Next => {
            "Next.js: `(await cookies()).set('session', value, { httpOnly: true, secure: true, sameSite: 'lax', path: '/' })`."
        }
        Framework::Remix => {
            "Remix and React Router: `createCookieSessionStorage({ cookie: { httpOnly: true, secure: true, sameSite: 'lax', secrets: […] } })`."
        }
        Framework::SvelteKit => {
            "SvelteKit: `cookies.set` has `httpOnly` and `secure` on by itself; do not switch them off."
        }
        Framework::Express => {
            "Express: `session({ cookie: { httpOnly: true, secure: true, sameSite: 'lax' } })` with `trust proxy` set, and `req.session.regenerate` at login."
        }
        Framework::Fastify => {
            "Fastify: `cookie: { httpOnly: true, secure: true, sameSite: 'lax' }` in `@fastify/session`, and `request.session.regenerate()` at login."
        }
        Framework::Koa => {
            "Koa: `session({ httpOnly: true, secure: true, sameSite: 'lax', renew: true }, app)` with `app.proxy = true`."
        }
        Framework::Hono => {
            "Hono: `setCookie(c, 'session', value, { httpOnly: true, secure: true, sameSite: 'Lax', prefix: 'host' })`."
        }
        Framework::Nest => {
            "NestJS: the options of the session middleware decide, `cookie: { httpOnly: true, secure: true, sameSite: 'lax' }`."
        }
        Framework::FastApi => {
            "FastAPI: `response.set_cookie(\"session\", value, httponly=True, secure=True, samesite=\"lax\")`; `SessionMiddleware` needs `https_only=True`."
        }
        Framework::Django => {
            "Django: `SESSION_COOKIE_SECURE = True` and `CSRF_COOKIE_SECURE = True`; `login()` gives a new session by itself."
        }
        Framework::Flask => {
            "Flask: `SESSION_COOKIE_SECURE=True`, `SESSION_COOKIE_HTTPONLY=True`, `SESSION_COOKIE_SAMESITE=\"Lax\"`, and `session.clear()` before a login."
        }
        Framework::Rails => "Rails: `config.force_ssl = true`, and `reset_session` before a login.",
        Framework::Laravel => {
            "Laravel: `SESSION_SECURE_COOKIE=true`, and `$request->session()->regenerate()` after a login."
        }
        Framework::Axum => {
            "axum: `SessionManagerLayer::with_secure(true)` of `tower-sessions`, and `session.cycle_id()` at login."
        }
        Framework::Actix => {
            "Actix Web: `SessionMiddleware::builder(…).cookie_secure(true).cookie_http_only(true)`, and `session.renew()` at login."
        }
        Framework::Supabase | Framework::Firebase | Framework::Prisma | Framework::Drizzle => {
            return None;
        }
    })
}

/// Which other sites may read answers.
pub(super) fn cors(framework: Framework) -> Option<&'static str> {
    Some(match framework {
        Framework::Next => {
            "Next.js: a portal that calls its own API needs no CORS headers at all; remove them from `next.config` and the route handlers, or answer them from a fixed list."
        }
        Framework::Express => {
            "Express: `cors({ origin: ['https://portal.example'], credentials: true })`, never `origin: true` and no regular expression without `^` and `$`."
        }
        Framework::Fastify => {
            "Fastify: `@fastify/cors` with `origin: ['https://portal.example']`, never `origin: true` beside `credentials: true`."
        }
        Framework::Koa => {
            "Koa: give `@koa/cors` an `origin` function that looks in a list; without one it answers every origin back."
        }
        Framework::Hono => {
            "Hono: `cors({ origin: ['https://portal.example'], credentials: true })`."
        }
        Framework::Nest => {
            "NestJS: `app.enableCors({ origin: ['https://portal.example'], credentials: true })`, never `origin: true`."
        }
        Framework::FastApi => {
            "FastAPI: `CORSMiddleware` with `allow_origins=[\"https://portal.example\"]`; with credentials neither `[\"*\"]` nor a loose `allow_origin_regex`."
        }
        Framework::Django => {
            "Django: `CORS_ALLOWED_ORIGINS` of `django-cors-headers`, never `CORS_ALLOW_ALL_ORIGINS` beside `CORS_ALLOW_CREDENTIALS`."
        }
        Framework::Flask => {
            "Flask: `CORS(app, origins=[\"https://portal.example\"], supports_credentials=True)`."
        }
        Framework::Rails => {
            "Rails: in `rack-cors` write `origins 'https://portal.example'`, and no regular expression without `\\A` and `\\z`."
        }
        Framework::Laravel => {
            "Laravel: name the origins in `allowed_origins` of `config/cors.php`, and leave `allowed_origins_patterns` empty."
        }
        Framework::Axum => {
            "axum: `CorsLayer::new().allow_origin([…])` with fixed origins; `AllowOrigin::mirror_request()` and `CorsLayer::very_permissive()` let everybody in."
        }
        Framework::Actix => {
            "Actix Web: `Cors::default().allowed_origin(\"https://portal.example\")`, never `Cors::permissive()`."
        }
        Framework::Supabase => {
            "Supabase: edge functions set the header themselves; replace `'*'` by a fixed list where a cookie or a key is used."
        }
        Framework::Firebase => {
            "Firebase: `onRequest({ cors: ['https://portal.example'] }, …)`, never `cors: true` beside cookies."
        }
        Framework::Remix | Framework::SvelteKit | Framework::Prisma | Framework::Drizzle => {
            return None;
        }
    })
}

/// Headers that protect visitors.
pub(super) fn headers(framework: Framework) -> Option<&'static str> {
    Some(match framework {
        Framework::Next => {
            "Next.js: `headers()` in `next.config` for `source: '/(.*)'`, with `poweredByHeader: false`; a CSP with a nonce is set in `proxy.ts`."
        }
        Framework::Remix => {
            "Remix and React Router: set them in `entry.server` and in the server adapter, because a `headers` export covers documents only."
        }
        Framework::SvelteKit => {
            "SvelteKit: `kit.csp` in `svelte.config.js`, and the rest with `response.headers.set` in the `handle` hook."
        }
        Framework::Express => {
            "Express: `app.use(helmet())` before all routes; it also removes `X-Powered-By`."
        }
        Framework::Fastify => "Fastify: `await fastify.register(helmet)` of `@fastify/helmet`.",
        Framework::Koa => "Koa: `app.use(helmet())` of `koa-helmet` first of all.",
        Framework::Hono => "Hono: `app.use(secureHeaders({ contentSecurityPolicy: { … } }))`.",
        Framework::Nest => "NestJS: `app.use(helmet())` in `main.ts` before the routes.",
        Framework::FastApi => {
            "FastAPI: one middleware that sets them on every response, or the proxy in front; start uvicorn with `--no-server-header`."
        }
        Framework::Django => {
            "Django: `SecurityMiddleware` with `SECURE_HSTS_SECONDS`, `X_FRAME_OPTIONS = \"DENY\"` and `SECURE_CSP` (6.0 and later) or `django-csp`; `manage.py check --deploy` lists what is missing."
        }
        Framework::Flask => {
            "Flask: `Talisman(app)` of `flask-talisman`, or one `@app.after_request`."
        }
        Framework::Rails => {
            "Rails: `config.force_ssl = true` for HSTS, and `config/initializers/content_security_policy.rb`."
        }
        Framework::Laravel => {
            "Laravel: one middleware for all routes, or `spatie/laravel-csp` and the web server for the rest."
        }
        Framework::Axum => {
            "axum: `SetResponseHeaderLayer` of `tower-http` around the whole router."
        }
        Framework::Actix => {
            "Actix Web: `.wrap(DefaultHeaders::new().add((\"X-Content-Type-Options\", \"nosniff\")))` around the app."
        }
        Framework::Firebase => {
            "Firebase: `headers` under `hosting` in `firebase.json` for `source: \"**\"`."
        }
        Framework::Supabase | Framework::Prisma | Framework::Drizzle => return None,
    })
}

/// Files and consoles that are no part of the portal.
pub(super) fn exposure(framework: Framework) -> Option<&'static str> {
    Some(match framework {
        Framework::Next => {
            "Next.js: leave `productionBrowserSourceMaps` off, and keep everything but assets out of `public/`."
        }
        Framework::Remix | Framework::SvelteKit => {
            "Vite: leave `build.sourcemap` off or `'hidden'`, and keep everything but assets out of `public/` and `static/`."
        }
        Framework::Express | Framework::Koa | Framework::Nest => {
            "Node.js: serve a folder such as `public`, never the project's own (`express.static('.')`), with `dotfiles: 'deny'`, and start with `NODE_ENV=production`."
        }
        Framework::Fastify => {
            "Fastify: give `@fastify/static` the folder of the assets as `root`, with `list: false` and `dotfiles: 'deny'`."
        }
        Framework::Hono => {
            "Hono: give `serveStatic` the folder of the assets as `root`, never `./`."
        }
        Framework::FastApi => {
            "FastAPI: `FastAPI(docs_url=None, redoc_url=None, openapi_url=None)` in production where the interface is not public, and no `debug=True`."
        }
        Framework::Django => {
            "Django: `DEBUG = False`, the debug toolbar only in development, and the admin behind another login or network."
        }
        Framework::Flask => {
            "Flask: serve with gunicorn or waitress, never `app.run(debug=True)`: Werkzeug's console runs code."
        }
        Framework::Rails => {
            "Rails: mount Sidekiq, PgHero and the like inside `authenticate :user, ->(user) { user.admin? }`, and keep `web-console` in the development group."
        }
        Framework::Laravel => {
            "Laravel: the web root must be `public/`, `APP_DEBUG=false`, and Telescope and Horizon behind their gates."
        }
        Framework::Axum => {
            "axum: give `ServeDir` the folder of the assets, and serve metrics on another port."
        }
        Framework::Actix => {
            "Actix Web: `Files::new(\"/static\", \"./static\")` without `show_files_listing()` and without `use_hidden_files()`."
        }
        Framework::Firebase => {
            "Firebase: list `\"**/.*\"` and `\"**/node_modules/**\"` under `ignore` in `firebase.json`."
        }
        Framework::Supabase | Framework::Prisma | Framework::Drizzle => return None,
    })
}
