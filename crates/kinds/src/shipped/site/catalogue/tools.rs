//! Tools of administrators and descriptions of interfaces.

use tidegate_core::meta::Severity::{Info, Medium};

use super::{Form, Look, Probe, Sort};

const fn admin(path: &'static str, what: &'static str, is_it: fn(&Look<'_>) -> bool) -> Probe {
    Probe::new(path, what, Sort::Admin, Form::Page, is_it)
}

const fn docs(path: &'static str, what: &'static str, is_it: fn(&Look<'_>) -> bool) -> Probe {
    Probe::new(path, what, Sort::Docs, Form::Page, is_it).severity(Info)
}

const OPENAPI: &str = "the OpenAPI document";
const PAGE: &str = "a page that describes the interface";

/// All of them.
pub(super) static TOOLS: &[Probe] = &[
    admin("/phpmyadmin/", "phpMyAdmin", |look| {
        look.titled("phpMyAdmin")
    })
    .telling()
    .severity(Medium),
    admin("/adminer.php", "Adminer", |look| look.titled("Adminer"))
        .telling()
        .severity(Medium),
    admin("/pgadmin4/", "pgAdmin", |look| look.titled("pgAdmin 4")).severity(Medium),
    admin("/wp-login.php", "the login of WordPress", |look| {
        look.page(&["wp-submit", "user_login"])
    })
    .telling(),
    admin("/admin/login/", "the admin of Django", |look| {
        look.titled("Django site admin")
    }),
    admin("/admin/", "an admin page", is_admin).telling(),
    admin("/grafana/login", "Grafana", |look| look.titled("Grafana")),
    admin("/n8n/", "n8n", |look| look.titled("Workflow Automation")),
    admin("/jenkins/login", "Jenkins", |look| look.titled("Jenkins")),
    admin("/studio", "Supabase Studio", |look| {
        look.titled("Supabase Studio")
    })
    .severity(Medium),
    docs("/openapi.json", OPENAPI, is_openapi).telling(),
    docs("/swagger.json", OPENAPI, is_openapi),
    docs("/v3/api-docs", OPENAPI, is_openapi),
    docs("/api/openapi.json", OPENAPI, is_openapi),
    docs("/swagger/v1/swagger.json", OPENAPI, is_openapi),
    docs("/docs", PAGE, is_swagger).telling(),
    docs("/redoc", PAGE, |look| look.page(&["<redoc"])),
    docs("/api-docs/", PAGE, is_swagger),
    docs("/swagger-ui/index.html", PAGE, is_swagger),
    docs("/swagger/index.html", PAGE, is_swagger),
];

/// The login, or the start page, of an admin that comes with a framework.
fn is_admin(look: &Look<'_>) -> bool {
    ["Django site admin", "Strapi Admin", "Directus"]
        .iter()
        .any(|title| look.titled(title))
}

fn is_openapi(look: &Look<'_>) -> bool {
    (look.json(&["openapi"]) || look.json(&["swagger"])) && look.json(&["info", "title"])
}

fn is_swagger(look: &Look<'_>) -> bool {
    look.page(&["swagger-ui"]) && (look.titled("Swagger UI") || look.has(&["SwaggerUIBundle"]))
}
