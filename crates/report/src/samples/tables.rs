//! A run whose check tells what it saw in rows and columns.

use tidegate_core::check::Table;
use tidegate_core::event::Summary;

use super::{passed, summary};

/// Variables by environment: the name, and what it is in production, preview and local.
const MATRIX: &str = "\
APP_ENV | production | preview | development
DATABASE_URL | postgres | same as production | postgres on localhost
DEBUG | missing | on | on
NEXT_PUBLIC_API_URL | https | https | localhost
NEXT_PUBLIC_POSTHOG_KEY | public | same as production | missing
NEXT_PUBLIC_SENTRY_DSN | project 17 | project 17 | missing
NEXT_PUBLIC_SITE_URL | https | same as DATABASE_URL_OF_THE_OLD_PORTAL in production | localhost
NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY_FOR_CHECKOUT | live | test | test
NEXT_PUBLIC_SUPABASE_ANON_KEY | anon | anon | anon
NEXT_PUBLIC_SUPABASE_URL | https | https | localhost
NODE_ENV | production | production | development
POSTMARK_TOKEN | secret | same as production | missing
REDIS_URL | redis | redis | localhost
S3_BUCKET | text | text | missing
SENTRY_AUTH_TOKEN | secret | missing | missing
SENTRY_ENVIRONMENT | production | preview | development
SESSION_SECRET | secret | secret | too short
STRIPE_SECRET_KEY | live | test | test
STRIPE_WEBHOOK_SECRET | secret | secret | secret
SUPABASE_SERVICE_ROLE_KEY | service_role | same as production | service_role
";

fn table(title: &str, columns: &str, rows: &str) -> Table {
    let cells = |line: &str| line.split(" | ").map(str::to_owned).collect();
    Table {
        title: title.into(),
        columns: cells(columns),
        rows: rows.lines().map(cells).collect(),
    }
}

/// An allowed run with a matrix of 20 rows and a small table.
pub(crate) fn matrix() -> Summary {
    let mut apart = passed("environments-apart");
    apart.kind = "environment".into();
    apart.notes = vec!["the names of 20 variables were read, and no value is shown".into()];
    apart.tables = vec![
        table(
            "Variables by environment",
            "Variable | production | preview | local",
            MATRIX,
        ),
        table(
            "Where they were read",
            "Environment | Source",
            "production | fly secrets list\npreview | vercel.json, .env.preview\nlocal | .env",
        ),
    ];
    summary(vec![passed("create-record"), apart])
}
