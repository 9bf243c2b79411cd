create table tenants (
    id text primary key,
    name text not null,
    plan text not null
) strict;

create table users (
    id text primary key,
    email text not null unique,
    name text not null,
    password_hash text not null
) strict;

create table memberships (
    user_id text not null references users (id),
    tenant_id text not null references tenants (id),
    role text not null check (role in ('member', 'admin')),
    primary key (user_id, tenant_id)
) strict;

create index memberships_of_tenant on memberships (tenant_id);

-- Only the digest of a token is kept: who reads the database cannot use a session.
create table sessions (
    token_digest text primary key,
    user_id text not null references users (id),
    tenant_id text not null references tenants (id),
    expires_at integer not null
) strict;

create index sessions_of_user on sessions (user_id);
create index sessions_of_tenant on sessions (tenant_id);
create index sessions_by_end on sessions (expires_at);

create table records (
    id text primary key,
    tenant_id text not null references tenants (id),
    title text not null,
    body text not null,
    amount integer not null,
    tags text not null,
    external_id text,
    version integer not null,
    created_at text not null,
    updated_at text not null
) strict;

create index records_of_tenant on records (tenant_id);

-- A create that is sent again with the same key answers with the record of the first.
create table idempotency_keys (
    tenant_id text not null references tenants (id),
    user_id text not null references users (id),
    key text not null,
    request_digest text not null,
    record_id text not null,
    primary key (tenant_id, user_id, key)
) strict;

create index idempotency_keys_of_user on idempotency_keys (user_id);

create table files (
    id text primary key,
    tenant_id text not null references tenants (id),
    name text not null,
    content_type text not null,
    size integer not null,
    content blob not null,
    created_at text not null
) strict;

create index files_of_tenant on files (tenant_id);

create table invoices (
    id text primary key,
    tenant_id text not null references tenants (id),
    number text not null,
    amount integer not null,
    status text not null check (status in ('open', 'paid')),
    issued_on text not null,
    unique (tenant_id, number)
) strict;

create table webhook_events (
    id text primary key,
    tenant_id text not null references tenants (id),
    kind text not null,
    invoice text not null,
    amount integer not null,
    received_at text not null
) strict;

create index webhook_events_of_tenant on webhook_events (tenant_id);
