//! What happens at the same moment: things that are created twice, and numbers that lose changes.

use super::super::Framework;

/// Things that are created more than once.
pub(super) fn duplicates(framework: Framework) -> Option<&'static str> {
    Some(match framework {
        Framework::Prisma => {
            "Prisma: `@@unique([tenantId, externalId])` in the schema, `create` without a `findFirst` before it, and the error `P2002` caught; `upsert` alone can still race, and then raises `P2002` too."
        }
        Framework::Drizzle => {
            "Drizzle: `unique().on(table.tenantId, table.externalId)`, and `.insert(…).onConflictDoNothing().returning()`: no row back means that it was there."
        }
        Framework::Supabase => {
            "Supabase: `alter table … add constraint … unique (tenant_id, external_id)`, then `.upsert(row, { onConflict: 'tenant_id,external_id', ignoreDuplicates: true })`; `.select()` before `.insert()` are two requests, between which others fit."
        }
        Framework::Firebase => {
            "Firebase: make the natural key, or the idempotency key, the document's id, and write with `create()` of the Admin SDK or in `runTransaction`, which fails when it exists; `add()` always makes a new document."
        }
        Framework::Django => {
            "Django: a `UniqueConstraint` in the model's `Meta`, and `get_or_create` or a caught `IntegrityError`; without the constraint `get_or_create` makes duplicates."
        }
        Framework::Rails => {
            "Rails: `add_index …, unique: true`, and `create_or_find_by!` or a rescued `ActiveRecord::RecordNotUnique`; `validates :x, uniqueness: true` alone looks first and writes later."
        }
        Framework::Laravel => {
            "Laravel: `$table->unique([…])` in a migration, and `createOrFirst()` or a caught `UniqueConstraintViolationException`; the rule `unique:` alone looks first and writes later."
        }
        Framework::FastApi | Framework::Flask => {
            "SQLAlchemy: a `UniqueConstraint`, and `insert(…).on_conflict_do_nothing()` of the dialect, or a caught `IntegrityError`."
        }
        Framework::Next | Framework::Remix | Framework::SvelteKit => {
            "A button that is disabled while the form is sent is no protection: send a key made with `crypto.randomUUID()` when the form is rendered, and store it under a unique constraint."
        }
        Framework::Express
        | Framework::Fastify
        | Framework::Koa
        | Framework::Hono
        | Framework::Nest => {
            "In Node.js each `await` lets other requests in, so that a check before an insert protects nothing: `insert … on conflict (tenant_id, external_id) do nothing returning id`."
        }
        Framework::Axum | Framework::Actix => {
            "In Rust: `insert … on conflict do nothing returning id`; with sqlx `error.is_unique_violation()` tells the violation, to be answered with 409."
        }
    })
}

/// Numbers that several change at once.
pub(super) fn updates(framework: Framework) -> Option<&'static str> {
    Some(match framework {
        Framework::Prisma => {
            "Prisma: `updateMany({ where: { id, left: { gte: 1 } }, data: { left: { decrement: 1 } } })` and a refusal when `count` is 0; a `findUnique` before an `update` loses changes, in `$transaction` as well unless it is `Serializable`."
        }
        Framework::Drizzle => {
            "Drizzle: ``.set({ left: sql`${table.left} - 1` }).where(and(eq(table.id, id), gt(table.left, 0))).returning()``, and a refusal when no row comes back."
        }
        Framework::Supabase => {
            "Supabase: do it in a database function that `.rpc()` calls, `update … set left = left - 1 where id = … and left > 0 returning left`; `.select()` and then `.update()` lose changes."
        }
        Framework::Firebase => {
            "Firebase: `FieldValue.increment(1)` for counters, and `runTransaction` that reads, checks and writes where there is a limit."
        }
        Framework::Django => {
            "Django: `filter(pk=pk, left__gt=0).update(left=F('left') - 1)` and a refusal when it gives 0, or `select_for_update()` inside `transaction.atomic()`."
        }
        Framework::Rails => {
            "Rails: `record.with_lock { … }`, or `where('seats > 0').where(id: id).update_all('seats = seats - 1')` and a refusal when it gives 0; a column `lock_version` finds lost changes by itself."
        }
        Framework::Laravel => {
            "Laravel: `->where('left', '>', 0)->decrement('left')` and a refusal when it gives 0, or `lockForUpdate()` inside `DB::transaction`."
        }
        Framework::FastApi | Framework::Flask => {
            "SQLAlchemy: `update(Model).where(Model.id == id, Model.left > 0).values(left=Model.left - 1)` and a refusal when `rowcount` is 0, or `with_for_update()`; `record.left -= 1` loses changes."
        }
        Framework::Next | Framework::Remix | Framework::SvelteKit => {
            "Do not send the new number from the browser: send what changes, and let one statement in the database reckon."
        }
        Framework::Express
        | Framework::Fastify
        | Framework::Koa
        | Framework::Hono
        | Framework::Nest => {
            "In Node.js: `update … set left = left - 1 where id = $1 and left > 0`, and a refusal when `rowCount` is 0; a variable in memory protects one process only."
        }
        Framework::Axum | Framework::Actix => {
            "In Rust: `update … set left = left - 1 where id = $1 and left > 0`, and a refusal when `rows_affected()` is 0; a mutex protects one process only."
        }
    })
}
