use proptest::prelude::*;

use super::*;
use crate::specification::openapi::OpenApi;
use crate::testing::FakeFiles;

/// The routes of a project with what guards them, each on a line.
pub(super) fn read(files: &[(&str, &str)]) -> Vec<String> {
    let code = Code::read(&*FakeFiles::new(files), &[]);
    let routes = code.routes.iter().map(|route| {
        let guard = match &route.guard {
            Guard::None => "nothing",
            Guard::Seen(name) => name,
            Guard::Unknown => "?",
        };
        format!(
            "{} {}:{} {guard}",
            route.name(),
            route.source.file,
            route.source.line
        )
    });
    routes.collect()
}

fn document(text: &str) -> OpenApi {
    let nothing = |_: &str| Err("there is no such file".to_owned());
    OpenApi::new("openapi.yaml", text.as_bytes().to_vec(), &nothing).unwrap()
}

#[test]
fn a_document_says_what_needs_a_login() {
    let text = "openapi: 3.1.0\ninfo: { title: t, version: '1' }\nservers: [{ url: https://portal.example/api }]\nsecurity: [{ session: [] }]\ncomponents: { securitySchemes: { session: { type: apiKey, in: cookie, name: s } } }\npaths:\n  /records/{id}:\n    get: { responses: {} }\n  /health:\n    get: { security: [], responses: {} }\n";
    let routes = in_document(&document(text), "");
    let told: Vec<_> = routes
        .iter()
        .map(|route| (route.name(), route.guard.clone()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "GET /api/records/{id}".to_owned(),
                Guard::Seen("session".into())
            ),
            ("GET /api/health".to_owned(), Guard::None),
        ]
    );
    assert_eq!(routes[0].source.file, "openapi.yaml");
    let silent = "openapi: 3.1.0\ninfo: { title: t, version: '1' }\npaths: { /x: { get: { responses: {} } } }\n";
    assert_eq!(in_document(&document(silent), "")[0].guard, Guard::Unknown);
    let forgotten = silent.replace(
        "paths:",
        "components: { securitySchemes: { bearer: { type: http, scheme: bearer } } }\npaths:",
    );
    assert_eq!(
        in_document(&document(&forgotten), "")[0].guard,
        Guard::Unknown
    );
}

#[test]
fn a_route_that_is_declared_twice_has_what_keeps_strangers_out_of_either() {
    let files = FakeFiles::new(&[
        (
            "a.js",
            "const app = require('express')();\napp.get('/x', h);\n",
        ),
        (
            "b.js",
            "const app = require('express')();\napp.get('/x', requireAuth, h);\n",
        ),
    ]);
    let routes = Code::read(&*files, &[]).routes;
    assert_eq!(routes.len(), 1);
    assert_eq!(routes[0].guard, Guard::Seen("requireAuth".into()));
}

#[test]
fn routes_beyond_the_most_are_told() {
    let mut code = "const app = require('express')();\n".to_owned();
    for number in 0..=graph::ROUTE_LIMIT {
        code.push_str(&format!("app.get('/{number}', h);\n"));
    }
    let code = Code::read(&*FakeFiles::new(&[("a.js", &code)]), &[]);
    assert_eq!(code.routes.len(), graph::ROUTE_LIMIT);
    assert_eq!(code.unread, ["routes after the first 10000 were left out"]);
}

/// Pieces that make sense to the readers, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = [
        "const app = express()",
        "const app = new Hono()",
        ".get('/x', h)",
        "app",
        ".use(",
        ")",
        "(",
        "{",
        "}",
        "[",
        "]",
        "'/a'",
        "`/b${c}`",
        "require('./b')",
        "module.exports = ",
        "export default ",
        "export { a as GET }",
        "export * from './a'",
        "router.route('/x')",
        " => ",
        ",",
        "\n",
        "@app.get(\"/x\")\ndef f(a=Depends(b)):\n    pass\n",
        "router = APIRouter(prefix=\"/p\")\n",
        "app.include_router(b.router)\n",
        "from .b import router\n",
        "import b\n",
        "export async function GET() {}",
        "supabase.from('x')",
        "/*",
        "//",
        "\"\"\"",
        "é",
        "<T>",
        ": Express",
        "async (app) => {",
        "fastify.register(a, { prefix: '/p' })",
        "a(app)",
        "= ",
        "function a(app) {",
    ];
    let piece = proptest::sample::select(pieces.to_vec());
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_project_makes_the_readers_fail(one in pieces(), other in pieces()) {
        let files = FakeFiles::new(&[
            ("a.ts", &one), ("b.js", &other), ("app/x/route.ts", &one), ("a.py", &one), ("b.py", &other),
            ("middleware.ts", &other), ("next.config.js", &one), ("pages/api/x.ts", &other),
        ]);
        let code = Code::read(&*files, &[]);
        prop_assert!(code.routes.iter().all(|route| route.path.starts_with('/')));
    }
}

#[test]
fn deep_and_long_files_are_read_in_time() {
    let deep = "app.get('/x', (app) => ".repeat(20_000);
    let mounts = "import a from './b'; const r = express.Router(); r.use('/x', a); r.use('/y', a); export default r;".replace("'./b'", "'./a'");
    let wide = "export * from './w'\n".repeat(5_000);
    let nested = "{".repeat(300_000);
    let brackets = "const a = (".repeat(60_000);
    let files = FakeFiles::new(&[
        ("deep.js", &deep),
        ("a.js", &mounts),
        ("w.js", &wide),
        ("nested.ts", &nested),
        ("brackets.tsx", &brackets),
        ("deep.py", &deep),
        ("nested.py", &nested),
        ("brackets.py", &brackets),
    ]);
    let code = Code::read(&*files, &[]);
    assert_eq!(code.files, 8);
}

#[test]
fn what_is_beyond_the_limits_of_a_file_is_told() {
    let words = format!("{}\napp.get('/x', h);\n", "a;".repeat(200_000));
    let routers = "const a = express.Router();\n".repeat(301);
    let tables = (0..1_001).map(|number| format!("supabase.from('t{number}');\n"));
    let python = "r = APIRouter()\n".repeat(301);
    let code = Code::read(
        &*FakeFiles::new(&[
            ("words.js", &words),
            ("routers.js", &routers),
            ("tables.js", &tables.collect::<String>()),
            ("routers.py", &python),
        ]),
        &[],
    );
    assert_eq!(
        code.unread,
        [
            "routers.js: routers after the first 300 were left out",
            "routers.py: routers after the first 300 were left out",
            "tables, functions or buckets of Supabase after the first 1000 were left out",
            "words.js: what follows its first 400000 words and signs was left out",
        ]
    );
}
