//! What `supabase` says about a project.

use tidegate_core::finding::Finding;
use tidegate_core::located::Located;
use tidegate_core::meta::CodeInfo;
use tidegate_core::span::Location;

use super::answer::Rows;
use super::codes;
use super::run::Trial;
use super::tables::{Counted, Look};
use super::tenants::Pair;
use crate::attack::Story;
use crate::hosted::{Ask, amount, is_sensitive, listed, shown};

/// A finding about the project as a whole.
fn project(trial: &Trial<'_>, info: &CodeInfo, title: &str, line: String) -> Finding {
    let finding = Finding::new(info, trial.location(), title).subject(info.code.as_str());
    attacked(finding, line)
}

fn attacked(finding: Finding, line: String) -> Finding {
    let story = Story {
        attack: line,
        ..Story::default()
    };
    story.told(finding)
}

/// How a table is closed to those who should not read it.
fn close(table: &str) -> String {
    format!(
        "Switch row security on with `alter table \"{table}\" enable row level security;`, and write a policy that asks whose \
         row it is, as in `create policy own on \"{table}\" for select to authenticated using (tenant_id = (auth.jwt() -> \
         'app_metadata' ->> 'tenant_id')::uuid);`. The public key is no protection: every visitor has it."
    )
}

/// The key is the secret one.
pub(super) fn service_key(trial: &Trial<'_>) -> Finding {
    let location = match &trial.config.key {
        Some(key) => key.span().map(tidegate_core::span::Span::location),
        None => Some(trial.config.api.span.location()),
    };
    let title =
        "The key that the gate file gives as the public one is the secret key of the project";
    Finding::new(&codes::SERVICE_KEY, location.unwrap_or_else(|| trial.location()), title)
        .subject(codes::SERVICE_KEY.code.as_str())
        .evidence("key", "its role is service_role, or it begins with `sb_secret_`")
        .advice(
            "Put the anon or publishable key there. Then look where else this key stands: if the portal's page or its \
             repository has it, everybody can read and change everything. Make a new one in the dashboard, under Settings, \
             API keys, and let only servers have it.",
        )
}

/// Strangers read rows.
pub(super) fn readable(trial: &Trial<'_>, look: &Look, rows: Rows) -> Finding {
    let name = shown(&look.name);
    let title = format!(
        "Anybody can read {} of `{name}` without a login",
        rows.words()
    );
    let finding = table(&codes::TABLE_READABLE, look, title).advice(format!(
        "{} If everybody may read it, name it under `public-tables`.",
        close(&name)
    ));
    let finding = attacked(finding, look.stranger.line.clone());
    let columns = sensitive(trial.outline.columns(&look.name));
    if columns.is_empty() {
        finding
    } else {
        finding.evidence("columns", listed(columns.iter().map(String::as_str)))
    }
}

/// The title has the number of rows, which changes; the subject must not.
fn table(info: &CodeInfo, look: &Look, title: String) -> Finding {
    let finding = Finding::new(info, look.location.clone(), title).subject(subject(info, look));
    match &look.source {
        Some(source) => finding.related("the source code asks for it here", source.clone()),
        None => finding,
    }
}

fn subject(info: &CodeInfo, look: &Look) -> String {
    format!("{} {}", info.code.as_str(), shown(&look.name))
}

/// Whether it was found that strangers, or whoever makes an account, read a table.
pub(super) fn is_open(findings: &[Finding], look: &Look) -> bool {
    let subjects = [codes::TABLE_READABLE, codes::ANY_ACCOUNT].map(|info| subject(&info, look));
    let mut findings = findings.iter();
    findings.any(|finding| subjects.contains(&finding.subject))
}

/// The columns whose names speak of secrets.
pub(super) fn sensitive(columns: &[String]) -> Vec<String> {
    let sensitive = columns.iter().filter(|column| is_sensitive(column));
    sensitive.cloned().collect()
}

/// A public table has columns that should not be.
pub(super) fn sensitive_columns(look: &Look, columns: &[String]) -> Finding {
    let name = shown(&look.name);
    let told = listed(columns.iter().map(String::as_str));
    let title = format!("Everybody can read {told} of the public table `{name}`");
    let finding = table(&codes::SENSITIVE_COLUMN, look, title)
        .evidence("columns", told)
        .advice(format!(
            "Row security decides about rows, not about columns. Move these columns to a table of their own, or take them \
             away with `revoke select on \"{name}\" from anon;` and `grant select (id, title) on \"{name}\" to anon;`, with \
             the columns that the page shows."
        ));
    attacked(finding, look.stranger.line.clone())
}

/// Any account reads rows.
pub(super) fn any_account(look: &Look, counted: &Counted, rows: Rows) -> Finding {
    let name = shown(&look.name);
    let title = format!(
        "Whoever makes an account can read {} of `{name}`",
        rows.words()
    );
    let finding = table(&codes::ANY_ACCOUNT, look, title).advice(format!(
        "Do not let `using (true)` or `auth.uid() is not null` stand for a policy: an anonymous user is logged in, too. {} If \
         every account may read all of it, name it under `shared-tables`.",
        close(&name)
    ));
    let story = Story {
        before: look.stranger.line.clone(),
        attack: counted.line.clone(),
        after: String::new(),
    };
    story.told(finding)
}

/// Somebody of another tenant reads the owner's rows.
pub(super) fn cross_tenant(
    look: &Look,
    people: &Pair<'_>,
    [got, all]: [u64; 2],
    [before, attack]: [String; 2],
) -> Finding {
    let name = shown(&look.name);
    let [owner, other] = people
        .names()
        .map(|name| name.map_or("somebody", |name| name.as_str()));
    let rows = amount(all, "row");
    let title = format!("{other} can read {got} of the {rows} of `{name}` that {owner} can read");
    let finding = table(&codes::CROSS_TENANT, look, title).advice(format!(
        "{} If every account may read all of it, name it under `shared-tables`.",
        close(&name)
    ));
    let story = Story {
        before,
        attack,
        after: String::new(),
    };
    story.told(finding)
}

/// Strangers add rows.
pub(super) fn writable(ask: &Ask, table: &str, line: String) -> Finding {
    let name = shown(table);
    let title = format!("Anybody can add rows to `{name}` without a login");
    let location = ask.location.clone();
    let finding = Finding::new(&codes::TABLE_WRITABLE, location, title)
        .subject(format!("{} {name}", codes::TABLE_WRITABLE.code.as_str()))
        .advice(format!(
            "Switch row security on with `alter table \"{name}\" enable row level security;` and let no policy for `insert` \
             apply to `anon`: begin it with `to authenticated` and say in `with check (…)` whose row it must be. For a public \
             form let a server function check the input and write."
        ));
    attacked(finding, line)
}

/// The names of buckets are told.
pub(super) fn buckets_listed(trial: &Trial<'_>, buckets: &[&str], line: String) -> Finding {
    let title = "Anybody can list the storage buckets without a login";
    project(trial, &codes::BUCKETS_LISTED, title, line)
        .evidence("buckets", listed(buckets.iter().copied()))
        .advice(
            "Remove the `select` policy on `storage.buckets` that applies to `anon`: pages open files by their address and need \
             no list. If a bucket is meant for everybody, name it under `public-buckets`.",
        )
}

/// The files of a bucket are listed.
pub(super) fn files_listed(bucket: &str, location: Location, line: String) -> Finding {
    let name = shown(bucket);
    let title = format!("Anybody can list the files of the bucket `{name}` without a login");
    let finding = Finding::new(&codes::FILES_LISTED, location, title)
        .subject(format!("{} {name}", codes::FILES_LISTED.code.as_str()))
        .advice(format!(
            "Let the `select` policy on `storage.objects` apply to `authenticated` only, and ask for the owner's folder, as in \
             `bucket_id = '{name}' and (storage.foldername(name))[1] = auth.uid()::text`. Make the bucket private when its files \
             belong to clients, and hand out signed addresses. If everybody may list it, name it under `public-buckets`."
        ));
    attacked(finding, line)
}

/// An edge function ran.
pub(super) fn function_open(function: &Located<String>, line: String) -> Finding {
    let name = shown(&function.value);
    let title = format!("Anybody can run the edge function `{name}` without a login");
    let finding = Finding::new(&codes::FUNCTION_OPEN, function.span.location(), title)
        .subject(format!("{} {name}", codes::FUNCTION_OPEN.code.as_str()))
        .advice(
            "Let the function ask who it is before it does anything: `const { data: { user } } = await \
             supabase.auth.getUser(token)`, and answer 401 without one. `verify_jwt` alone is not enough, because the anon key of \
             the older form is a valid token that every visitor has. If it is meant for everybody, such as a webhook that checks \
             a signature, name it under `public-functions`.",
        );
    attacked(finding, line)
}

/// A database function ran.
pub(super) fn rpc_open(function: &Located<String>, line: String) -> Finding {
    let name = shown(&function.value);
    let title = format!("Anybody can call the database function `{name}` without a login");
    let finding = Finding::new(&codes::RPC_OPEN, function.span.location(), title)
        .subject(format!("{} {name}", codes::RPC_OPEN.code.as_str()))
        .advice(format!(
            "Take the right away with `revoke execute on function {name} from public, anon;` and give it to `authenticated`. A \
             function with `security definer` runs past row security: make it `security invoker`, or let it check `auth.uid()` \
             itself. If everybody may call it, name it under `public-rpc`."
        ));
    attacked(finding, line)
}

/// Database functions are offered.
pub(super) fn rpc_listed(trial: &Trial<'_>, functions: &[&str]) -> Finding {
    let title = "Strangers are offered database functions that the gate file does not name";
    let line = "GET /rest/v1/ without a login lists them; none was called".to_owned();
    project(trial, &codes::RPC_LISTED, title, line)
        .evidence("functions", listed(functions.iter().copied()))
        .advice(
            "Take the right to call each from strangers with `revoke execute on function … from public, anon;`, or name it: under \
             `rpc` with safe arguments to have it tried, under `public-rpc` when everybody may call it.",
        )
}

/// GraphQL tells the schema.
pub(super) fn graphql_open(trial: &Trial<'_>, line: String) -> Finding {
    let title = "Anybody can ask GraphQL for the names of tables and columns";
    project(trial, &codes::GRAPHQL_OPEN, title, line).advice(
        "If the portal does not use GraphQL, switch it off with `drop extension pg_graphql;`. Else take the rights on tables that \
         strangers must not know of from `anon`: GraphQL shows what a role has rights on.",
    )
}

/// Accounts can be made.
pub(super) fn signups_open(trial: &Trial<'_>, line: String) -> Finding {
    let title = "Anybody can make an account, and the gate file says that nobody may";
    project(trial, &codes::SIGNUPS_OPEN, title, line).advice(
        "Switch \"Allow new users to sign up\" off in the dashboard, under Authentication, Sign In / Providers. Hiding the form is \
         not enough: the public key is all it takes.",
    )
}

/// Addresses are not confirmed.
pub(super) fn auto_confirm(trial: &Trial<'_>, line: String) -> Finding {
    let title = "An account works before its address is confirmed";
    project(trial, &codes::AUTO_CONFIRM, title, line).advice(
        "Switch \"Confirm email\" on in the dashboard, under Authentication, Sign In / Providers, Email. Where the portal trusts an \
         address or its domain, nobody must have it who cannot read its mail.",
    )
}

/// Anonymous accounts are possible.
pub(super) fn anonymous_users(trial: &Trial<'_>, line: String) -> Finding {
    let title = "Anybody gets the role of logged-in users without an address";
    project(trial, &codes::ANONYMOUS_USERS, title, line).advice(
        "Switch \"Allow anonymous sign-ins\" off unless the portal needs them. If it does, let policies ask for \
         `(auth.jwt() ->> 'is_anonymous')::boolean is false`, and have it tried with `anonymous-user: true`, or accepted with \
         `anonymous-user: false`.",
    )
}
