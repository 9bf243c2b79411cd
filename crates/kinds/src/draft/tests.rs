use proptest::prelude::*;
use tidegate_core::check::ParseScope;
use tidegate_core::gate::{EnvironmentKind, Identity};
use tidegate_core::name::{CheckId, IdentityName};

use super::*;
use crate::testing::{FakeFiles, node, person};

fn draft(files: &[(&str, &str)], roles: &[&str]) -> AccessDraft {
    let roles = roles.iter().map(|role| (*role).to_owned()).collect();
    access(&Input {
        files: &*FakeFiles::new(files),
        code: &[],
        document: None,
        roles,
    })
}

/// The keys of the routes, and the entries of `public`, as a gate file has them.
fn parsed(text: &str) -> (Vec<String>, Vec<String>) {
    let root = node(text);
    let access = root
        .get("who-may-what")
        .and_then(|entry| entry.get("access"))
        .unwrap();
    let public = access.get("public").unwrap();
    let public = match &public.value {
        tidegate_core::node::Value::Sequence(list) => list.clone(),
        _ => Vec::new(),
    };
    let public = public
        .iter()
        .filter_map(|one| one.text().map(str::to_owned))
        .collect();
    let routes = access.get("routes").unwrap().entries();
    (
        public,
        routes.iter().map(|(key, _)| key.text.clone()).collect(),
    )
}

const NEXT: &[(&str, &str)] = &[
    ("package.json", r#"{"dependencies": {"next": "16.0.0"}}"#),
    (
        "src/app/page.tsx",
        "export default function Page() { return null }\n",
    ),
    (
        "src/app/(auth)/login/page.tsx",
        "export default function Page() { return null }\n",
    ),
    (
        "src/app/api/records/route.ts",
        "import { auth } from '@/auth';\nexport async function GET() {\n  const session = await auth();\n  return Response.json([]);\n}\nexport async function POST(request: Request) {\n  await supabase.from('records').insert({});\n  return Response.json({});\n}\n",
    ),
    (
        "src/app/api/records/[id]/route.ts",
        "import { supabase } from '@/lib/supabase';\nexport const DELETE = withAuth(async () => Response.json({}));\nexport const dynamic = 'force-dynamic';\nawait supabase.from('records').delete();\n",
    ),
    (
        "src/app/api/admin/users/route.ts",
        "export async function GET() { return Response.json([]) }\n",
    ),
    (
        "src/app/api/auth/[...nextauth]/route.ts",
        "export { GET, POST } from '@/auth';\n",
    ),
    (
        "src/app/api/export-and-delete/route.ts",
        "export async function GET() { return Response.json([]) }\n",
    ),
    (
        "src/app/api/webhooks/stripe/route.ts",
        "export async function POST() { return Response.json([]) }\n",
    ),
];

#[test]
fn a_project_of_next_becomes_a_proposal() {
    let draft = draft(NEXT, &["member", "admin"]);
    insta::assert_snapshot!(draft.text);
    let (public, routes) = parsed(&draft.text);
    assert_eq!((public.len(), routes.len()), (5, 4));
    assert_eq!(draft.routes, 10);
    assert_eq!(draft.unread, [""; 0]);
}

#[test]
fn a_project_of_express_becomes_a_proposal() {
    let draft = draft(
        &[
            ("package.json", r#"{"dependencies": {"express": "5.0.0"}}"#),
            (
                "server/index.js",
                "const express = require('express');\nconst app = express();\napp.get('/health', (q, s) => s.end());\napp.use('/api/invoices', requireAuth, require('./invoices'));\napp.all('/graphql', graphql);\napp.get('/files/*path', requireAuth, files);\napp.get('/logout', (q, s) => s.end());\napp.get(dynamicPath(), (q, s) => s.end());\n",
            ),
            (
                "server/invoices.js",
                "const router = require('express').Router();\nrouter.get('/', list);\nrouter.get('/:from-:to', list);\nrouter.put('/:id', requireRole('admin'), change);\nmodule.exports = router;\n",
            ),
        ],
        &[],
    );
    insta::assert_snapshot!(draft.text);
    parsed(&draft.text);
    assert_eq!(draft.unread.len(), 1);
}

#[test]
fn a_project_of_fastapi_with_a_document_becomes_a_proposal() {
    let document = "openapi: 3.1.0\ninfo: { title: t, version: '1' }\nsecurity: [{ bearer: [] }]\ncomponents: { securitySchemes: { bearer: { type: http, scheme: bearer } } }\npaths:\n  /items/{item}:\n    get: { responses: {} }\n  /version:\n    get: { security: [], responses: {} }\n";
    let draft = draft(
        &[
            ("openapi.yaml", document),
            (
                "app/main.py",
                "app = FastAPI()\napp.include_router(items.router)\nfrom app import items\n",
            ),
            (
                "app/items.py",
                "router = APIRouter(prefix=\"/items\")\n@router.get(\"/{id}\")\ndef one(user: CurrentUser): ...\n@router.post(\"/\", dependencies=[Depends(get_current_active_superuser)])\ndef new(): ...\n",
            ),
            ("app/broken.py", "@app.get(f\"/{x}\")\ndef f(): ...\n"),
        ],
        &["superuser"],
    );
    insta::assert_snapshot!(draft.text);
    let (public, routes) = parsed(&draft.text);
    assert_eq!(public, ["GET /version"]);
    assert_eq!(routes, ["POST /items", "GET /items/{item}"]);
    assert_eq!(
        draft.read,
        ["openapi.yaml with 2 routes", "3 source files with 2 routes"].map(str::to_owned)
    );
}

#[test]
fn nothing_gives_an_empty_matrix_and_hostile_names_stay_texts() {
    let empty = draft(&[], &[]);
    assert_eq!((empty.routes, empty.read.len()), (0, 0));
    assert_eq!(parsed(&empty.text), (Vec::new(), Vec::new()));
    let hostile = draft(
        &[
            (
                "a.js",
                "const app = express();\napp.get('/a: b', h);\napp.get('/c # d', h);\napp.get('/e\\n  evil: true', h);\napp.get('/é', h);\napp.get('/*', h);\napp.get('/x', require(`y\n# z`)('\\n'), h);\n",
            ),
            ("app/[a] \"b\" - c/route.ts", "export function GET() {}\n"),
        ],
        &["admin: [x]"],
    );
    let (_, routes) = parsed(&hostile.text);
    assert_eq!(routes, ["GET /*", "GET /x", "GET /{id}", "GET /é"]);
}

#[test]
fn what_is_protected_anywhere_is_never_called_public() {
    let document = "openapi: 3.1.0\ninfo: { title: t, version: '1' }\ncomponents: { securitySchemes: { bearer: { type: http, scheme: bearer } } }\npaths:\n  /login:\n    get: { security: [{ bearer: [] }], responses: {} }\n  /version:\n    get: { responses: {} }\n  /reports:\n    get: { responses: {} }\n  /open:\n    get: { responses: {} }\n";
    let code = "const app = require('express')();\napp.get('/health', requireAuth, h);\napp.get('/version', requireAuth, h);\napp.get('/open', h);\napp.all('/reports', requireAuth, h);\napp.get('/login', h);\n";
    let draft = draft(&[("openapi.yaml", document), ("a.js", code)], &[]);
    let (public, _) = parsed(&draft.text);
    assert_eq!(public, ["GET /open"], "{}", draft.text);
    let told = "requireAuth was seen; guess: every identity";
    assert_eq!(draft.text.matches(told).count(), 4, "{}", draft.text);
}

#[test]
fn documents_beyond_the_first_few_are_told() {
    let text = "openapi: 3.1.0\ninfo: { title: t, version: '1' }\npaths: { /x: { get: { responses: {} } } }\n";
    let names: Vec<String> = (1..=6)
        .map(|number| format!("a{number}/openapi.yaml"))
        .collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), text)).collect();
    let draft = draft(&files, &[]);
    assert_eq!(draft.read.len(), 5);
    assert_eq!(draft.unread, ["a6/openapi.yaml: only 5 documents are read"]);
}

#[test]
fn names_of_files_do_not_steer_a_terminal() {
    let large = "x".repeat(2 * 1024 * 1024);
    let draft = draft(&[("a\u{1b}[31m\n::error::\u{202e}.js", &large)], &[]);
    assert_eq!(
        draft.unread,
        ["a\u{fffd}[31m\u{fffd}::error::\u{fffd}.js is larger than 1 MiB"]
    );
}

#[test]
fn names_of_folders_stay_texts_and_what_no_gate_file_can_name_is_told() {
    let long = format!("app.get('/{}', h);", "x".repeat(600));
    let code = format!("const app = require('express')();\napp.get('/x', h);\n{long}\n");
    for folder in [
        "2024",
        "a {",
        "true",
        "1.5e3",
        "a: b",
        " a",
        "a\u{85}\u{202e}\u{7f}",
        "~",
        "No",
    ] {
        let path = format!("{folder}/a.js");
        let draft = draft(&[(&path, &code)], &[]);
        let root = node(&draft.text);
        let access = root.get("who-may-what").and_then(|one| one.get("access"));
        let folders = access.and_then(|access| access.get("code")).unwrap();
        let tidegate_core::node::Value::Sequence(folders) = &folders.value else {
            panic!("{}", draft.text);
        };
        assert_eq!(folders[0].text(), Some(folder), "{}", draft.text);
        assert!(!draft.text.contains('\u{202e}'));
        assert_eq!(
            draft.unread,
            ["1 route with a path that cannot be written in a gate file"]
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn whatever_a_path_is_the_kind_takes_the_proposal(
        paths in proptest::collection::vec("[a-c/{}:*#&!|>%@,\"\\\\\n\t \\[\\]?.~é\u{85}\u{2028}\u{feff}-]{0,12}", 1..4),
        name in "[a-c #:\"{}*&\u{7f}\u{85}]{1,6}",
    ) {
        let mut code = "const app = require('express')();\n".to_owned();
        for path in &paths {
            code.push_str(&format!("app.get({}, h);\n", serde_json::Value::from(format!("/{path}"))));
        }
        let document = serde_json::json!({
            "openapi": "3.1.0", "info": { "title": "t", "version": "1" },
            "paths": paths.iter().map(|path| (format!("/{path}"), serde_json::json!({ "post": { "responses": {} } })))
                .collect::<serde_json::Map<_, _>>(),
        });
        let people = [person("adam", "admin", "acme")];
        let file = format!("{name}/a.js");
        let text = draft(&[("openapi.json", &document.to_string()), (&file, &code)], &["admin"]).text;
        prop_assert_eq!(faults(&text, &people), Vec::<String>::new(), "{}", text);
    }
}

/// What the kind itself says of a proposal.
fn faults(text: &str, people: &[Identity]) -> Vec<String> {
    let root = node(text);
    let config = root
        .get("who-may-what")
        .and_then(|entry| entry.get("access"))
        .unwrap();
    let names: Vec<IdentityName> = people.iter().map(|one| one.name.clone()).collect();
    let id = CheckId::from("who-may-what");
    let parsed = crate::access::kind().parse(
        config,
        &ParseScope {
            id: &id,
            span: &config.span,
            identities: &names,
            people,
            apis: &[],
            environment: EnvironmentKind::Preview,
            identity: None,
            openapi: None,
            plugins: &[],
            elsewhere: &crate::testing::Nowhere,
            applies: true,
        },
    );
    let faults = parsed.err().unwrap_or_default();
    faults
        .into_iter()
        .map(|fault| format!("{}: {:?}", fault.message, fault.label))
        .collect()
}

#[test]
fn the_kind_takes_every_proposal() {
    let people = [
        person("anna", "member", "acme"),
        person("adam", "admin", "acme"),
    ];
    let portal = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/client-portal/src/openapi.json"
    ));
    let portal = String::from_utf8(portal.unwrap()).unwrap();
    let odd = "const app = express();\napp.get('/a/:b-:c', h);\napp.get('/a/:d', h);\napp.get('/x/*splat', h);\napp.all('/x', h);\napp.get('/é ü', h);\napp.get('/%20', h);\napp.get('/y{/:z}', h);\napp.get('/q?', h);\n";
    let projects: [&[(&str, &str)]; 4] = [
        NEXT,
        &[("openapi.json", &portal)],
        &[("a.js", odd)],
        &[("openapi.json", &portal), ("a.js", odd)],
    ];
    for project in projects {
        let text = draft(project, &["member", "admin"]).text;
        assert_eq!(faults(&text, &people), [""; 0], "{text}");
    }
    let wrong = draft(NEXT, &["admins", "admin"])
        .text
        .replace("role:admin", "role:admins");
    assert_eq!(faults(&wrong, &people).len(), 1);
}
