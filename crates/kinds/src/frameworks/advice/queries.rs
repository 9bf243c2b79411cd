//! How many queries a page makes.

use super::super::Framework;

/// One query for each row.
pub(super) fn queries(framework: Framework) -> Option<&'static str> {
    Some(match framework {
        Framework::Prisma => {
            "Prisma: `findMany({ include: { author: true } })` or `select` instead of a query in a loop, with `relationLoadStrategy: \"join\"` where the version has it; `log: ['query']` shows what is sent."
        }
        Framework::Drizzle => {
            "Drizzle: `db.query.records.findMany({ with: { author: true } })` is one statement; `drizzle(client, { logger: true })` shows what is sent."
        }
        Framework::Supabase => {
            "Supabase: ask for related rows in the same `select('id, title, author(name)')`; in policies write `(select auth.uid())`, which is computed once and not for each row, and index the columns that policies compare."
        }
        Framework::Firebase => {
            "Firebase: keep what a list shows in the documents of the list, or fetch by `where(documentId(), 'in', ids)`, instead of one `getDoc` for each row."
        }
        Framework::Django => {
            "Django: `select_related('author')` for one, `prefetch_related('tags')` for many; `django-debug-toolbar` or `assertNumQueries` shows how many queries a page makes."
        }
        Framework::Rails => {
            "Rails: `Record.includes(:author, :tags)`, and `config.active_record.strict_loading_by_default = true` in development, or the gem bullet, to find every place."
        }
        Framework::Laravel => {
            "Laravel: `Record::with('author', 'tags')`, and `Model::preventLazyLoading()` outside of production to find every place."
        }
        Framework::FastApi | Framework::Flask => {
            "SQLAlchemy: `options(selectinload(Record.tags))`, and `raiseload('*')` to find what is loaded row by row; in an `async` route never call a blocking driver."
        }
        Framework::Next | Framework::Remix | Framework::SvelteKit => {
            "On the server start independent queries together with `Promise.all`, and never await one in a loop over rows."
        }
        Framework::Express
        | Framework::Fastify
        | Framework::Koa
        | Framework::Hono
        | Framework::Nest => {
            "In JavaScript: `where id = any($1)` with all ids instead of `await` in a loop, or DataLoader, which gathers them."
        }
        Framework::Axum | Framework::Actix => {
            "In SQLx: `where record_id = any($1)` with all ids, or a join, instead of a query in a loop."
        }
    })
}
