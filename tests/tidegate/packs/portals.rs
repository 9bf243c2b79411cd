//! The portals that the packs are tried on, each with the smallest include that lets every check run.

use tidegate_testkit::recorder::App;
use tidegate_testkit::stacks::Person;
use tidegate_testkit::supabase;

use super::bench::Bench;

/// An identity that logs in at the portal with JSON; `more` stands behind the request.
fn login(name: &str, person: Person, path: &str, more: &str) -> String {
    let (tenant, email) = (person.tenant, person.email);
    let secret = name.to_uppercase();
    format!(
        "  {name}: {{ tenant: {tenant}, login: {{ post: {path}, json: {{ email: {email}, password: \"${{PASSWORD_{secret}}}\" }}{more} }} }}\n"
    )
}

/// An identity that logs in at a Supabase project.
fn data(name: &str, user: &str, tenant: &str, project: &App) -> String {
    let url = project.url();
    format!(
        "  {name}: {{ tenant: {tenant}, supabase: {{ url: \"{url}\", key: \"${{ANON_KEY}}\", email: {user}@{tenant}.example, password: \"${{PASSWORD}}\" }} }}\n"
    )
}

/// The entry of a Supabase project under `apis:`.
fn api(project: &App) -> String {
    let url = project.url();
    format!(
        "apis: {{ supabase: {{ url: \"{url}\", headers: {{ apikey: \"${{ANON_KEY}}\" }} }} }}\n"
    )
}

/// A gate with a portal on Supabase, and the files of two environments, which are one in the bad case.
fn on_supabase(portal: App, project: App, more: &str, is_shared: bool) -> Bench {
    let bench = Bench::new(vec![portal, project], more)
        .variable("ANON_KEY", supabase::KEY)
        .variable("PASSWORD", supabase::PASSWORD);
    let settings = settings(is_shared);
    settings
        .iter()
        .fold(bench, |bench, (path, text)| bench.file(path, text))
}

/// The variables of two environments of a project on Supabase; in the bad case both are on one.
fn settings(is_shared: bool) -> [(&'static str, String); 2] {
    let of = |project: &str| {
        // What opens everything in both environments makes a shared project more than a warning.
        format!(
            "NEXT_PUBLIC_SUPABASE_URL=https://{project}.supabase.co\nDATABASE_URL=postgresql://postgres:{project}Xq7w@db.{project}.supabase.co:5432/postgres\n"
        )
    };
    let production = "qhzjwmrvktpxbdnyslgc";
    let local = if is_shared {
        production
    } else {
        "mvbtkqzjhrwxpdlcsfyn"
    };
    [
        (".env.production", of(production)),
        (".env.local", of(local)),
    ]
}

pub(super) mod next_supabase {
    use tidegate_testkit::stacks::{ANNA, next};
    use tidegate_testkit::supabase::{self, Policy, Project};

    use super::{Bench, api, data, login, on_supabase};

    const CLOSED: &[(&str, Policy)] = &[("clients", Policy::Owner)];
    const OPEN: &[(&str, Policy)] = &[("clients", Policy::Off)];
    const ANY_ACCOUNT: &[(&str, Policy)] = &[("clients", Policy::AnyAccount)];

    const OWN: &[&str] = &["table-open", "rows-of-others", "one-project", "bucket-open"];

    pub(in super::super) fn faults() -> Vec<&'static str> {
        [OWN, next::FAULTS].concat()
    }

    pub(in super::super) fn start(fault: &str) -> Bench {
        let of_portal = if OWN.contains(&fault) { "" } else { fault };
        let project = supabase::start_project(Project {
            tables: match fault {
                "table-open" => OPEN,
                "rows-of-others" => ANY_ACCOUNT,
                _ => CLOSED,
            },
            lists_files: fault == "bucket-open",
            ..Project::default()
        });
        let more = format!(
            "{}identities:\n{}{}{}include:\n  - pack: next-supabase\n    with: {{ tables: [clients], buckets: [contracts], \
             data-member: anna-data, data-other: boris-data, member: anna, action-page: /dashboard }}\n",
            api(&project),
            login("anna", ANNA, "/auth/login", ""),
            data("anna-data", "anna", "acme", &project),
            data("boris-data", "boris", "globex", &project),
        );
        let page = "export default function Page() { return <ul /> }\n";
        let answers = |method: &str| {
            format!("export async function {method}() {{ return Response.json([]) }}\n")
        };
        on_supabase(
            next::start(of_portal),
            project,
            &more,
            fault == "one-project",
        )
        .variable("PASSWORD_ANNA", ANNA.password)
        .file("package.json", r#"{"dependencies":{"next":"15.5.0"}}"#)
        .file("app/page.tsx", page)
        .file("app/login/page.tsx", page)
        .file("app/dashboard/page.tsx", page)
        .file("app/auth/login/route.ts", &answers("POST"))
        .file("app/api/projects/route.ts", &answers("GET"))
    }
}

pub(super) mod lovable_supabase {
    use tidegate_testkit::stacks::single_page::{self, Backend};
    use tidegate_testkit::supabase::{self, Policy, Project};

    use super::{Bench, api, data, on_supabase};

    const OWN: &[&str] = &[
        "table-open",
        "rows-of-others",
        "bucket-open",
        "function-open",
        "signups-open",
        "rows-taken",
        "one-project",
    ];

    pub(in super::super) fn faults() -> Vec<&'static str> {
        [OWN, single_page::FAULTS].concat()
    }

    pub(in super::super) fn start(fault: &str) -> Bench {
        let of_app = if OWN.contains(&fault) { "" } else { fault };
        let project = supabase::start_project(Project {
            tables: match fault {
                "table-open" => &[("clients", Policy::Off)],
                "rows-of-others" => &[("clients", Policy::AnyAccount)],
                _ => &[("clients", Policy::Owner)],
            },
            lists_files: fault == "bucket-open",
            opens_functions: fault == "function-open",
            signs_up: fault == "signups-open",
            takes_rows: fault == "rows-taken",
        });
        let more = format!(
            "{}identities:\n{}{}include:\n  - pack: lovable-supabase\n    with: {{ tables: [clients], member: anna, other: boris, \
             buckets: [contracts], functions: [send-invoice], writes: {{ clients: id }} }}\n",
            api(&project),
            data("anna", "anna", "acme", &project),
            data("boris", "boris", "globex", &project),
        );
        let app = single_page::start(Backend::Supabase, of_app);
        on_supabase(app, project, &more, fault == "one-project")
    }
}

pub(super) mod vite_firebase {
    use tidegate_testkit::firebase::{self, Project, Rules};
    use tidegate_testkit::stacks::single_page::{self, Backend};

    use super::Bench;

    const OWN: &[&str] = &[
        "documents-open",
        "documents-for-any-account",
        "database-open",
        "files-open",
        "one-project",
    ];

    pub(in super::super) fn faults() -> Vec<&'static str> {
        // There is no service role at Firebase.
        let of_app = single_page::FAULTS.iter().copied();
        let of_app = of_app.filter(|fault| *fault != "service-key-in-bundle");
        OWN.iter().copied().chain(of_app).collect()
    }

    pub(in super::super) fn start(fault: &str) -> Bench {
        let of_app = if OWN.contains(&fault) { "" } else { fault };
        let open = |name: &str| {
            if fault == name {
                Rules::Open
            } else {
                Rules::Closed
            }
        };
        let project = firebase::start_project(Project {
            firestore: match fault {
                "documents-for-any-account" => Rules::Account,
                _ => open("documents-open"),
            },
            realtime: open("database-open"),
            storage: open("files-open"),
        });
        let url = project.url().to_owned();
        let more = format!(
            "apis: {{ firestore: {{ url: \"{url}\" }}, accounts: {{ url: \"{url}\" }}, storage: {{ url: \"{url}\" }}, rtdb: {{ url: \"{url}\" }} }}\n\
             include:\n  - pack: vite-firebase\n    with:\n      project: acme-portal\n      collections: [clients]\n      \
             api-key: ${{FIREBASE_API_KEY}}\n      realtime: rtdb\n      bucket: acme-portal.firebasestorage.app\n"
        );
        let local = if fault == "one-project" {
            "acme-portal"
        } else {
            "acme-portal-dev"
        };
        let app = single_page::start(Backend::Firebase, of_app);
        let settings = |project: &str| {
            format!(
                "VITE_FIREBASE_PROJECT_ID={project}\nVITE_FIREBASE_AUTH_DOMAIN={project}.firebaseapp.com\nDATABASE_URL=postgresql://portal:{project}Kq81Zx@db.{project}.example:5432/portal\n"
            )
        };
        Bench::new(vec![app, project], &more)
            .variable("FIREBASE_API_KEY", firebase::KEY)
            .file(".env.production", &settings("acme-portal"))
            .file(".env.local", &settings(local))
    }
}

pub(super) mod express_postgres {
    use tidegate_testkit::stacks::{ANNA, BORIS, CARLA, express};

    use super::{Bench, login};

    pub(in super::super) fn faults() -> Vec<&'static str> {
        express::FAULTS.to_vec()
    }

    pub(in super::super) fn start(fault: &str) -> Bench {
        let more = format!(
            "identities:\n{}{}include:\n  - pack: express-postgres\n    with: {{ member: anna, other: boris, \
             canary-user: {}, canary-password: \"${{PASSWORD_CARLA}}\" }}\n",
            login("anna", ANNA, "/api/login", ""),
            login("boris", BORIS, "/api/login", ""),
            CARLA.email,
        );
        Bench::new(vec![express::start(fault)], &more)
            .variable("PASSWORD_ANNA", ANNA.password)
            .variable("PASSWORD_BORIS", BORIS.password)
            .variable("PASSWORD_CARLA", CARLA.password)
    }
}

pub(super) mod fastapi {
    use tidegate_testkit::stacks::{ANNA, BORIS, fastapi};

    use super::{Bench, login};

    pub(in super::super) fn faults() -> Vec<&'static str> {
        fastapi::FAULTS.to_vec()
    }

    pub(in super::super) fn start(fault: &str) -> Bench {
        let more = format!(
            "openapi: openapi.json\nidentities:\n{}{}include:\n  - pack: fastapi\n    with: {{ member: anna, other: boris, \
             signing-key: \"${{JWT_SECRET}}\" }}\n",
            login("anna", ANNA, "/api/login", ", bearer: $.access_token"),
            login("boris", BORIS, "/api/login", ", bearer: $.access_token"),
        );
        Bench::new(vec![fastapi::start(fault)], &more)
            .file("openapi.json", fastapi::DOCUMENT)
            .variable("PASSWORD_ANNA", ANNA.password)
            .variable("PASSWORD_BORIS", BORIS.password)
            .variable("JWT_SECRET", fastapi::SIGNING_KEY)
    }
}

pub(super) mod rails {
    use tidegate_testkit::stacks::{ANNA, BORIS, rails};

    use super::Bench;

    pub(in super::super) fn faults() -> Vec<&'static str> {
        rails::FAULTS.to_vec()
    }

    pub(in super::super) fn start(fault: &str) -> Bench {
        let person = |name: &str, tenant: &str, email: &str| {
            format!(
                "  {name}:\n    tenant: {tenant}\n    login:\n      steps:\n        - get: /session/new\n          \
                 capture: {{ csrf: {{ regex: 'name=\"csrf-token\" content=\"([^\"]+)\"' }} }}\n        - post: /session\n          \
                 form: {{ authenticity_token: \"${{csrf}}\", email_address: {email}, password: \"${{PASSWORD_{}}}\" }}\n        \
                 - get: /\n          capture: {{ token: {{ regex: 'name=\"csrf-token\" content=\"([^\"]+)\"' }} }}\n      \
                 header: {{ x-csrf-token: \"${{token}}\" }}\n",
                name.to_uppercase()
            )
        };
        let more = format!(
            "identities:\n{}{}include:\n  - pack: rails\n    with: {{ member: anna, other: boris }}\n",
            person("anna", "acme", ANNA.email),
            person("boris", "globex", BORIS.email),
        );
        Bench::new(vec![rails::start(fault)], &more)
            .variable("PASSWORD_ANNA", ANNA.password)
            .variable("PASSWORD_BORIS", BORIS.password)
    }
}

pub(super) mod stripe_billing {
    use tidegate_testkit::stacks::{ADAM, ANNA, stripe};

    use super::{Bench, login};

    const OWN: &[&str] = &["test-key-in-production"];

    pub(in super::super) fn faults() -> Vec<&'static str> {
        [OWN, stripe::FAULTS].concat()
    }

    pub(in super::super) fn start(fault: &str) -> Bench {
        let of_portal = if OWN.contains(&fault) { "" } else { fault };
        let more = format!(
            "identities:\n{}{}include:\n  - pack: stripe-billing\n    with:\n      member: anna\n      admin: adam\n      \
             once: {{ get: /api/billing/events, as: adam, value: $.events }}\n      portal: /api/billing/portal\n      checkout: /api/checkout\n",
            login("anna", ANNA, "/api/login", ", bearer: $.token"),
            login("adam", ADAM, "/api/login", ", bearer: $.token"),
        );
        // Broken, so that no scanner of this repository takes them for real ones.
        let key = |mode: &str, rest: &str| format!("STRIPE_SECRET_KEY=sk_{mode}_{rest}\n");
        let production = if fault == "test-key-in-production" {
            "test"
        } else {
            "live"
        };
        Bench::new(vec![stripe::start(of_portal)], &more)
            .variable("PASSWORD_ANNA", ANNA.password)
            .variable("PASSWORD_ADAM", ADAM.password)
            .variable("STRIPE_WEBHOOK_SECRET", stripe::WEBHOOK_SECRET)
            .file(
                ".env.production",
                &key(production, "51Q8xZvKq3LmR7tYb2NcW9dHfJ4sGpA6eXuViTo0"),
            )
            .file(
                ".env.local",
                &key("test", "51R2kWnXe8BqT5yUi1OpA4sDfG7hJkL0zXcVbNm3"),
            )
    }
}
