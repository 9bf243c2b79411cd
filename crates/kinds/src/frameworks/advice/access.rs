//! Who is asking: routes, tokens and logins.

use super::super::Framework;

/// Who may use a route.
pub(super) fn access(framework: Framework) -> Option<&'static str> {
    Some(match framework {
        Framework::Next => {
            "Next.js: read the session at the top of every route handler, server action and page that shows data; a check in `proxy.ts` or `middleware.ts` alone is no proof, because it can be passed by."
        }
        Framework::Remix => {
            "Remix and React Router: call one `requireUser(request)` first in every `loader` and every `action`; loaders run side by side, so a check in the parent route protects no child."
        }
        Framework::SvelteKit => {
            "SvelteKit: resolve the user in `hooks.server.ts` into `event.locals`, and check it in every `+server.ts`, form action and `+page.server.ts`; a check in a layout's `load` protects no page."
        }
        Framework::Express => {
            "Express: put the check on the router, `router.use(requireAuth)` before the first route, and list the public routes before it."
        }
        Framework::Fastify => {
            "Fastify: register the protected routes in a plugin of their own with `fastify.addHook('onRequest', fastify.authenticate)`."
        }
        Framework::Koa => {
            "Koa: `router.use(requireAuth)` before the routes, and `ctx.throw(401)` when `ctx.state.user` is missing."
        }
        Framework::Hono => {
            "Hono: `app.use('/api/*', requireAuth)` before the routes; middleware that is added after a route does not run for it."
        }
        Framework::Nest => {
            "NestJS: register the guard for all with `{ provide: APP_GUARD, useClass: AuthGuard }`, and mark the exceptions with a decorator such as `@Public()`."
        }
        Framework::FastApi => {
            "FastAPI: `APIRouter(dependencies=[Depends(current_user)])`, and a second dependency such as `Depends(require_role(\"admin\"))` on the routes of a role."
        }
        Framework::Django => {
            "Django: `LoginRequiredMiddleware` (5.1 and later) with `@login_not_required` on public views; in REST framework set `DEFAULT_PERMISSION_CLASSES` to `IsAuthenticated`."
        }
        Framework::Flask => {
            "Flask: refuse in `@blueprint.before_request` when there is no user, so that no view can forget its decorator."
        }
        Framework::Rails => {
            "Rails: `before_action :authenticate_user!` in `ApplicationController`, with `skip_before_action` only where a page is public, and Pundit's `verify_authorized` for roles."
        }
        Framework::Laravel => {
            "Laravel: group the routes under `Route::middleware('auth')`, and ask a policy with `Gate::authorize` in each action."
        }
        Framework::Axum => {
            "axum: make the user an extractor that refuses (`FromRequestParts`), or put `route_layer` with the check around the router after its routes."
        }
        Framework::Actix => {
            "Actix Web: wrap the scope of protected routes with the check, or take the user through a `FromRequest` extractor that refuses."
        }
        Framework::Supabase => {
            "Supabase: `alter table … enable row level security` on every table, with policies `to authenticated`; an edge function must ask `supabase.auth.getUser()` itself."
        }
        Framework::Firebase => {
            "Firebase: end the rules with `match /{document=**} { allow read, write: if false; }` and open each collection with `if request.auth != null && …`; on a server call `verifyIdToken`."
        }
        Framework::Prisma | Framework::Drizzle => return None,
    })
}

/// How tokens are checked and how long they live.
pub(super) fn tokens(framework: Framework) -> Option<&'static str> {
    Some(match framework {
        Framework::Next | Framework::Remix | Framework::SvelteKit | Framework::Hono => {
            "In TypeScript: `jwtVerify(token, key, { algorithms: ['RS256'], issuer, audience })` of `jose`; `decodeJwt` verifies nothing."
        }
        Framework::Express | Framework::Fastify | Framework::Koa | Framework::Nest => {
            "In Node.js: `jwt.verify(token, key, { algorithms: ['RS256'], issuer, audience })`, with `expiresIn` when it is signed; `jwt.decode` verifies nothing."
        }
        Framework::FastApi | Framework::Flask => {
            "In Python: `jwt.decode(token, key, algorithms=[\"RS256\"], audience=…, issuer=…, options={\"require\": [\"exp\"]})`, never `verify_signature: False`."
        }
        Framework::Django => {
            "Django: with Simple JWT set `ACCESS_TOKEN_LIFETIME` to minutes, `ROTATE_REFRESH_TOKENS`, `BLACKLIST_AFTER_ROTATION`, one fixed `ALGORITHM` and `CHECK_REVOKE_TOKEN`, which ends tokens when the password changes."
        }
        Framework::Rails => {
            "Rails: `JWT.decode(token, key, true, { algorithm: 'RS256', verify_iss: true, iss:, verify_aud: true, aud: })`; the third argument must be `true`."
        }
        Framework::Laravel => {
            "Laravel: set `expiration` in `config/sanctum.php`, delete the token at logout with `currentAccessToken()->delete()`, and call `Auth::logoutOtherDevices` when the password changes."
        }
        Framework::Axum | Framework::Actix => {
            "In Rust: `Validation::new(Algorithm::RS256)` of `jsonwebtoken` with `set_audience` and `set_issuer`; never `insecure_disable_signature_validation`."
        }
        Framework::Supabase => {
            "Supabase: trust `supabase.auth.getUser()` or `getClaims()` on the server, not `getSession()`; shorten the JWT expiry under Auth, and sign out with `scope: 'global'`."
        }
        Framework::Firebase => {
            "Firebase: `verifyIdToken(token, true)` also asks whether the session was revoked; call `revokeRefreshTokens(uid)` at logout and when the password changes."
        }
        Framework::Prisma | Framework::Drizzle => return None,
    })
}

/// How often a login may be tried.
pub(super) fn throttle(framework: Framework) -> Option<&'static str> {
    Some(match framework {
        Framework::Next | Framework::Remix | Framework::SvelteKit => {
            "On serverless hosts count in a shared store, such as `@upstash/ratelimit` keyed by account and address: memory is not shared between instances."
        }
        Framework::Express => {
            "Express: `express-rate-limit` with a shared store on the login route, keyed by account, and `app.set('trust proxy', 1)` so that the address is the client's."
        }
        Framework::Fastify => {
            "Fastify: `@fastify/rate-limit` with `config: { rateLimit: { max: 10, timeWindow: '15 minutes' } }` on the login route and a `keyGenerator` that takes the account."
        }
        Framework::Koa => "Koa: `koa-ratelimit` on the login route with Redis, keyed by account.",
        Framework::Hono => {
            "Hono: `hono-rate-limiter` on the login route, keyed by account, with a shared store."
        }
        Framework::Nest => {
            "NestJS: `@nestjs/throttler` with `@Throttle({ default: { limit: 10, ttl: 900000 } })` on the login and shared storage."
        }
        Framework::FastApi => {
            "FastAPI: `slowapi` with Redis on the login route, and hash a dummy password when the account is unknown, so that both answers take as long."
        }
        Framework::Django => {
            "Django: `django-axes`, or in REST framework a `ScopedRateThrottle` with its own rate for the login."
        }
        Framework::Flask => {
            "Flask: `Flask-Limiter` with `@limiter.limit(\"10 per 15 minutes\")` on the login and a Redis storage."
        }
        Framework::Rails => {
            "Rails: `rate_limit to: 10, within: 15.minutes, only: :create` in the sessions controller (7.2 and later), and `config.paranoid = true` in Devise."
        }
        Framework::Laravel => {
            "Laravel: `RateLimiter::for('login', …)` by account and address, and `throttle:login` on the route."
        }
        Framework::Axum => "axum: `tower_governor` on the login route, keyed by account.",
        Framework::Actix => "Actix Web: `actix-governor` on the login scope, keyed by account.",
        Framework::Supabase => {
            "Supabase: set the limits under Auth, Rate Limits, and switch on CAPTCHA protection and leaked-password protection."
        }
        Framework::Firebase => {
            "Firebase: switch on email enumeration protection under Authentication, Settings, and App Check."
        }
        Framework::Prisma | Framework::Drizzle => return None,
    })
}
