//! The journeys with accounts: switched off until somebody fills in who logs in.

use std::fmt::Write as _;

use tidegate_kinds::draft::quoted;

use super::Wish;
use super::write::{literal, switched_off};
use crate::project::Technology;

/// The variable with the address of a Supabase project.
pub(super) const SUPABASE_URL: &str = "SUPABASE_URL";

/// The path of logins where none is known.
const USUAL_LOGIN: &str = "/api/login";

/// The collection of records where none is known.
const USUAL_RECORDS: &str = "/api/records";

/// How people log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Login {
    /// At Supabase's own service.
    Supabase,
    /// At Google's service for Firebase.
    Firebase,
    /// By a form of the page, with a token against forged requests.
    Form,
    /// By a request with JSON that answers with a token or a cookie.
    Json,
}

impl Login {
    pub(super) fn of(wish: &Wish) -> Self {
        let has = |technology| wish.is_built_with(technology);
        let pages = [Technology::Django, Technology::Rails, Technology::Laravel];
        if has(Technology::Supabase) {
            Self::Supabase
        } else if has(Technology::Firebase) {
            Self::Firebase
        } else if pages.into_iter().any(has) {
            Self::Form
        } else {
            Self::Json
        }
    }
}

/// Writes the document, other origins and the people who log in, which stand beside `checks:`.
pub(super) fn people(text: &mut String, wish: &Wish) {
    if let Some(document) = &wish.document {
        text.push_str(
            "\n# What the interface promises. Every answer that a check gets is held against it.\n",
        );
        // Writing to a text does not fail.
        let _ = writeln!(text, "openapi: {}", quoted(document));
    }
    text.push('\n');
    let login = Login::of(wish);
    apis(text, login);
    let words = [
        "Two test accounts of two different clients, made for the gate alone: never a client's own.",
        "Their passwords come from the environment (.env.example lists the names).",
    ];
    let login = match login {
        Login::Supabase => "supabase: { url: \"${SUPABASE_URL}\", key: \"${SUPABASE_ANON_KEY}\", email: \"${NAME_EMAIL}\", password: \"${NAME_PASSWORD}\" }".to_owned(),
        Login::Firebase => "login:\n      post: \"/v1/accounts:signInWithPassword?key=${FIREBASE_API_KEY}\"\n      on: accounts\n      json: { email: \"${NAME_EMAIL}\", password: \"${NAME_PASSWORD}\", returnSecureToken: true }\n      bearer: $.idToken".to_owned(),
        Login::Form => form(wish),
        Login::Json => format!(
            "login: {{ post: {}, json: {{ email: \"${{NAME_EMAIL}}\", password: \"${{NAME_PASSWORD}}\" }}, bearer: $.token }}",
            literal(login_path(wish))
        ),
    };
    let person = |name: &str, tenant: &str| {
        let login = login.replace("NAME_", &format!("{}_", name.to_ascii_uppercase()));
        format!("  {name}:\n    tenant: {tenant}\n    {login}\n")
    };
    let yaml = format!(
        "identities:\n{}{}",
        person("anna", "acme"),
        person("boris", "globex")
    );
    switched_off(text, 0, &words, &yaml);
}

/// A login by a form, with the field of the framework against forged requests.
fn form(wish: &Wish) -> String {
    let (page, route, field, user) = if wish.is_built_with(Technology::Django) {
        (
            "/accounts/login/",
            "/accounts/login/",
            "csrfmiddlewaretoken",
            "username",
        )
    } else if wish.is_built_with(Technology::Rails) {
        (
            "/session/new",
            "/session",
            "authenticity_token",
            "email_address",
        )
    } else {
        ("/login", "/login", "_token", "email")
    };
    let app = wish.app.as_ref();
    let page_told = app.and_then(|app| app.login_page.as_ref());
    let route_told = app.and_then(|app| app.login_route.as_ref());
    let page = page_told.map_or(page, |told| &told.value);
    // A page of its own usually takes what its form sends.
    let usual = if page_told.is_some() { page } else { route };
    let route = route_told.map_or(usual, |told| &told.value);
    let (page, route) = (literal(page), literal(route));
    format!(
        "login:\n      steps:\n        - get: {page}\n          capture: {{ csrf: {{ regex: 'name=\"{field}\" value=\"([^\"]+)\"' }} }}\n        - post: {route}\n          form: {{ {user}: \"${{NAME_EMAIL}}\", password: \"${{NAME_PASSWORD}}\", {field}: \"${{csrf}}\" }}"
    )
}

/// The other origins that a hosted service has.
fn apis(text: &mut String, login: Login) {
    let (words, yaml): (&[&str], &str) = match login {
        Login::Supabase => (
            &[
                "The Supabase project behind the portal (Project Settings, API): its address and the public",
                "key, anon or publishable. Never the service_role key.",
            ],
            "apis:\n  db: { url: \"${SUPABASE_URL}\", headers: { apikey: \"${SUPABASE_ANON_KEY}\" } }",
        ),
        Login::Firebase => (
            &["The services of Google that the portal uses."],
            "apis:\n  accounts: { url: https://identitytoolkit.googleapis.com }\n  firestore: { url: https://firestore.googleapis.com }",
        ),
        Login::Form | Login::Json => return,
    };
    switched_off(text, 0, words, yaml);
    text.push('\n');
}

fn login_path(wish: &Wish) -> &str {
    let told = wish.app.as_ref().and_then(|app| app.login_route.as_ref());
    told.map_or(USUAL_LOGIN, |told| &told.value)
}

/// The path that lists and creates records, and that of one of them with `{id}` for its id.
fn records(wish: &Wish) -> (String, String) {
    let told = wish.app.as_ref().and_then(|app| app.records.as_ref());
    let list = told.map_or(USUAL_RECORDS, |told| &told.value.list);
    let item = told.and_then(|told| told.value.item.clone());
    let below = || format!("{}/{{id}}", list.trim_end_matches('/'));
    (list.to_owned(), item.unwrap_or_else(below))
}

/// Writes the checks with accounts below `checks:`.
pub(super) fn write(text: &mut String, wish: &Wish) {
    text.push_str(
        "\n  # ── Checks with accounts ──────────────────────────────────────────────────────────────\n  \
         # What breaks most often, and what only somebody who is logged in sees. Switch the two\n  \
         # accounts on first (`identities:` above), then one block after the other.\n",
    );
    match Login::of(wish) {
        Login::Supabase => supabase(text),
        Login::Firebase => firebase(text),
        Login::Form | Login::Json => own_interface(text, wish),
    }
}

fn block(text: &mut String, words: &[&str], yaml: &str) {
    text.push('\n');
    switched_off(text, 2, words, yaml);
}

fn own_interface(text: &mut String, wish: &Wish) {
    let (list, item) = records(wish);
    let of = |name: &str| item.replace("{id}", &format!("${{{name}}}"));
    let (list, one, id) = (literal(&list), of("record"), of("id"));
    block(
        text,
        &["Anna can log in, and sees what is hers."],
        &format!("login:\n  as: anna\n  flow:\n    - get: {list}\n      expect: 200"),
    );
    block(
        text,
        &[
            "Anna creates something and finds it again; the gate removes it. Correct the fields of",
            "`json` and where the answer has the new id.",
        ],
        &format!(
            "create-and-read:\n  as: anna\n  flow:\n    - post: {list}\n      json: {{ title: \"${{unique}}\" }}\n      expect: 201\n      capture: {{ record: $.id }}\n      cleanup: {{ delete: \"{one}\" }}\n    - get: \"{one}\"\n      expect: {{ status: 200, json: {{ $.title: \"${{unique}}\" }} }}"
        ),
    );
    block(
        text,
        &["Another client can neither read, find, change nor delete what Anna's client has."],
        &format!(
            "tenants-apart:\n  isolation:\n    owner: anna\n    attacker: boris\n    create: {{ post: {list}, json: {{ title: \"${{canary}}\" }}, id: $.id, delete: \"{id}\" }}\n    read: \"{id}\"\n    absent-from: [{list}]"
        ),
    );
    matrix(text, wish, &item);
}

/// Who may what, with the routes that are known.
fn matrix(text: &mut String, wish: &Wish, item: &str) {
    let (list, _) = records(wish);
    let row = |route: String| literal(&route);
    let login = row(format!("POST {}", login_path(wish)));
    let rows = [
        format!("GET {list}"),
        format!("POST {list}"),
        format!("GET {item}"),
    ];
    let rows: String = rows
        .into_iter()
        .map(|route| format!("      {}: all\n", row(route)))
        .collect();
    block(
        text,
        &[
            "Strangers, and people without the right, get nothing that is not theirs. `all` is every",
            "identity; `tidegate draft access` proposes the whole matrix from your code.",
        ],
        &format!("who-may-what:\n  access:\n    public: [GET /, {login}]\n    routes:\n{rows}"),
    );
}

fn supabase(text: &mut String) {
    block(
        text,
        &[
            "Strangers read no rows, although they have the public key. Name the tables that hold",
            "what belongs to clients; Anna must have a row in each.",
        ],
        "only-our-app-reads:\n  as: anna\n  supabase:\n    on: db\n    tables: [clients, invoices]",
    );
    block(
        text,
        &[
            "Anna creates a row and finds it again; the gate removes it. Name a table and its fields.",
        ],
        "create-and-read:\n  as: anna\n  flow:\n    - post: /rest/v1/records\n      on: db\n      headers: { prefer: return=representation }\n      json: { title: \"${unique}\" }\n      expect: 201\n      capture: { record: \"$[0].id\" }\n      cleanup: { delete: \"/rest/v1/records?id=eq.${record}\", on: db }\n    - get: \"/rest/v1/records?id=eq.${record}\"\n      on: db\n      expect: { status: 200, json: { \"$[0].title\": \"${unique}\" } }",
    );
    block(
        text,
        &["Another client reads none of the rows that Anna's client has."],
        "tenants-apart:\n  as: anna\n  supabase:\n    on: db\n    tables: [clients, invoices]\n    other: boris",
    );
}

fn firebase(text: &mut String) {
    block(
        text,
        &[
            "Strangers read no documents, although they have the web config. Write your project's id",
            "and the collections that hold what belongs to clients.",
        ],
        "only-our-app-reads:\n  firebase:\n    firestore: { on: firestore, project: acme-portal, collections: [clients] }",
    );
    block(
        text,
        &["Anna can log in, and reads a document of her own."],
        "login:\n  as: anna\n  flow:\n    - get: /v1/projects/acme-portal/databases/(default)/documents/clients/acme\n      on: firestore\n      expect: 200",
    );
    block(
        text,
        &["Another client is refused the document that belongs to Anna's client."],
        "tenants-apart:\n  as: boris\n  flow:\n    - get: /v1/projects/acme-portal/databases/(default)/documents/clients/acme\n      on: firestore\n      expect: 403",
    );
}
