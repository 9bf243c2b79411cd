//! What is read and written: tenants, fields and lists.

use super::super::Framework;

/// Records of other tenants.
pub(super) fn isolation(framework: Framework) -> Option<&'static str> {
    Some(match framework {
        Framework::Prisma => {
            "Prisma: `where: { id, tenantId: session.tenantId }` with `findFirst`, `updateMany` and `deleteMany`, answering 404 when nothing was touched, or a client extension that adds the tenant to every query."
        }
        Framework::Drizzle => {
            "Drizzle: `.where(and(eq(records.id, id), eq(records.tenantId, session.tenantId)))` on select, update and delete."
        }
        Framework::Supabase => {
            "Supabase: `alter table … enable row level security`, and a policy for each verb such as `using (tenant_id in (select tenant_id from members where user_id = (select auth.uid())))`, with the same in `with check`; the service role key passes all policies, so never use it for a client's request."
        }
        Framework::Firebase => {
            "Firebase: compare the stored record in the rules, `resource.data.tenantId == request.auth.token.tenantId`, and the new one on writes, `request.resource.data.tenantId`."
        }
        Framework::Django => {
            "Django: `get_object_or_404(Record, pk=pk, tenant=request.user.tenant)`; in REST framework limit `get_queryset` to the tenant."
        }
        Framework::Rails => {
            "Rails: `current_user.account.records.find(params[:id])`, never `Record.find(params[:id])`."
        }
        Framework::Laravel => {
            "Laravel: a global scope on the tenant and a policy for each model; with nested routes use `scopeBindings()`."
        }
        Framework::FastApi | Framework::Flask => {
            "SQLAlchemy: `select(Record).where(Record.id == id, Record.tenant_id == user.tenant_id)`, in one function that every route uses."
        }
        Framework::Next | Framework::Remix | Framework::SvelteKit => {
            "Put the queries into one server-only data layer that takes the session, so that no page can forget the tenant; never key a cache of tenant data by the path alone."
        }
        Framework::Express
        | Framework::Fastify
        | Framework::Koa
        | Framework::Hono
        | Framework::Nest => {
            "In the handler: `where id = $1 and tenant_id = $2` with the tenant of the session, and 404 when no row was touched."
        }
        Framework::Axum | Framework::Actix => {
            "In SQL: `where id = $1 and tenant_id = $2` with the tenant of the extracted user, and 404 when `rows_affected()` is 0."
        }
    })
}

/// Fields that clients must not set.
pub(super) fn mass_assignment(framework: Framework) -> Option<&'static str> {
    Some(match framework {
        Framework::Prisma => {
            "Prisma: never `data: body` or `data: { ...body }`; write `data: { title: body.title, tenantId: session.tenantId }`."
        }
        Framework::Drizzle => {
            "Drizzle: validate with `createInsertSchema(records).pick({ title: true })`, never `.values(body)` or `.set(body)`."
        }
        Framework::Supabase => {
            "Supabase: `revoke update on … from authenticated` and `grant update (title) on … to authenticated`, for insert too, or set the columns in a trigger; never decide a role by `user_metadata`, which the user can write."
        }
        Framework::Firebase => {
            "Firebase: in the rules `request.resource.data.diff(resource.data).affectedKeys().hasOnly(['title'])`, and roles as custom claims."
        }
        Framework::Next
        | Framework::Remix
        | Framework::SvelteKit
        | Framework::Express
        | Framework::Koa
        | Framework::Hono => {
            "In TypeScript: parse the body with a `z.strictObject({ … })` of zod that names what a client may set, and use only its result."
        }
        Framework::Fastify => {
            "Fastify: a body schema with `additionalProperties: false`, which removes everything else before the handler."
        }
        Framework::Nest => {
            "NestJS: `new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true })` for all, and input classes without the protected fields."
        }
        Framework::FastApi => {
            "FastAPI: an input model without the protected fields and with `ConfigDict(extra=\"forbid\")`, apart from the model of the table."
        }
        Framework::Django => {
            "Django: list `fields` in forms and serializers, never `'__all__'`, and put the others under `read_only_fields`."
        }
        Framework::Flask => {
            "Flask: load the body with a schema that names the fields (marshmallow with `unknown=RAISE`), never `Model(**request.json)`."
        }
        Framework::Rails => {
            "Rails: `params.expect(record: [:title])` (8 and later) or `params.require(:record).permit(:title)`, never `permit!`."
        }
        Framework::Laravel => {
            "Laravel: `$request->validated()` instead of `$request->all()`, and a short `$fillable`, never `$guarded = []`."
        }
        Framework::Axum | Framework::Actix => {
            "In Rust: an input struct of its own with `#[serde(deny_unknown_fields)]`, not the struct of the table."
        }
    })
}

/// How much a list gives out.
pub(super) fn lists(framework: Framework) -> Option<&'static str> {
    Some(match framework {
        Framework::Prisma => {
            "Prisma: `take: Math.min(limit, 100)` and `select: { id: true, title: true }`, or `omit` for secrets in the client."
        }
        Framework::Drizzle => {
            "Drizzle: `.select({ id: records.id, title: records.title })` and `.limit(Math.min(limit, 100))`."
        }
        Framework::Supabase => {
            "Supabase: lower Max rows under API settings, name the columns in `.select('id, title')`, and keep private columns in a table or view that `authenticated` may not read."
        }
        Framework::Firebase => {
            "Firebase: `allow list: if request.query.limit <= 100` in the rules, and private fields in documents of their own, because a rule opens a document whole."
        }
        Framework::Next => {
            "Next.js: what is passed to a client component is sent to the browser whole; choose the fields on the server."
        }
        Framework::FastApi => {
            "FastAPI: `limit: Annotated[int, Query(ge=1, le=100)] = 20`, and a `response_model` without private fields."
        }
        Framework::Django => {
            "Django REST framework: a pagination class with `max_page_size`, and serializers that list `fields`."
        }
        Framework::Rails => {
            "Rails: `limit([params.fetch(:limit, 20).to_i, 100].min)`, and a serializer or jbuilder view instead of `render json: record`."
        }
        Framework::Laravel => {
            "Laravel: `->paginate(min($request->integer('per_page', 20), 100))`, API resources, and `$hidden` on the model."
        }
        Framework::Nest => {
            "NestJS: `@Max(100)` on the limit of the query class, and `ClassSerializerInterceptor` with `@Exclude()`."
        }
        Framework::Fastify => {
            "Fastify: `maximum: 100` in the query schema, and a response schema, which leaves out what it does not name."
        }
        Framework::Express | Framework::Koa | Framework::Hono => {
            "In Node.js: `Math.min(Number(query.limit) || 20, 100)`, and map rows to the fields that are shown."
        }
        Framework::Remix | Framework::SvelteKit => {
            "What a loader returns is readable in the browser; choose the fields there."
        }
        Framework::Flask => {
            "Flask: `min(request.args.get(\"limit\", 20, type=int), 100)`, and a schema that names the fields."
        }
        Framework::Axum | Framework::Actix => {
            "In Rust: clamp the limit with `.clamp(1, 100)`, and serialise an output struct of its own."
        }
    })
}
