use super::super::tests::read;

const MANIFEST: (&str, &str) = ("package.json", r#"{"dependencies": {"next": "16.0.0"}}"#);

#[test]
fn handlers_and_pages_of_the_app_router_are_found() {
    let records = "import { auth } from '@/auth';\n\n// export async function PUT() {}\nexport async function GET(request: Request) {\n  const session = await auth();\n  return Response.json([]);\n}\n\nexport const POST = withAuth(async (request) => {\n  return Response.json({});\n});\n\nexport const dynamic = 'force-dynamic';\n";
    let one = "const handler = async () => Response.json({});\nexport { handler as GET, handler as DELETE };\n";
    let auth = "import { handlers } from '@/auth';\nexport const { GET, POST } = handlers;\n";
    let page = "export const metadata = {};\nexport default function Page() {\n  return <p>don't</p>;\n}\n";
    let guarded = "export default async function Page() {\n  const user = await requireUser();\n  return null;\n}\n";
    assert_eq!(
        read(&[
            MANIFEST,
            ("src/app/api/records/route.ts", records),
            ("src/app/api/records/[id]/route.js", one),
            ("src/app/api/auth/[...nextauth]/route.ts", auth),
            ("src/app/page.tsx", page),
            ("src/app/(portal)/records/[[...slug]]/page.tsx", guarded),
            ("src/app/layout.tsx", page),
            ("src/app/page.test.tsx", page),
        ]),
        [
            "GET / src/app/page.tsx:2 ?",
            "GET /api/auth/{*nextauth} src/app/api/auth/[...nextauth]/route.ts:2 ?",
            "POST /api/auth/{*nextauth} src/app/api/auth/[...nextauth]/route.ts:2 ?",
            "GET /api/records src/app/api/records/route.ts:4 auth",
            "POST /api/records src/app/api/records/route.ts:9 withAuth()",
            "GET /api/records/{id} src/app/api/records/[id]/route.js:2 nothing",
            "DELETE /api/records/{id} src/app/api/records/[id]/route.js:2 nothing",
            "GET /records src/app/(portal)/records/[[...slug]]/page.tsx:1 requireUser",
            "GET /records/{*slug} src/app/(portal)/records/[[...slug]]/page.tsx:1 requireUser",
        ]
    );
}

#[test]
fn a_base_path_and_the_matcher_of_a_middleware_count() {
    let config = "const nextConfig: NextConfig = {\n  // basePath: '/no',\n  basePath: '/portal',\n};\nexport default nextConfig;\n";
    let proxy = "import { getToken } from 'next-auth/jwt';\nexport async function proxy(request) {\n  if (!(await getToken({ req: request }))) return redirect();\n}\nexport const config = { matcher: ['/api/:path*', '/((?!login|_next/static|favicon.ico).*)'] };\n";
    let open = "export async function GET() { return Response.json({}); }\n";
    assert_eq!(
        read(&[
            ("apps/web/package.json", MANIFEST.1),
            ("apps/web/next.config.ts", config),
            ("apps/web/proxy.ts", proxy),
            ("apps/web/app/api/x/route.ts", open),
            ("apps/web/app/login/route.ts", open),
        ]),
        [
            "GET /portal/api/x apps/web/app/api/x/route.ts:1 proxy.ts",
            "GET /portal/login apps/web/app/login/route.ts:1 nothing",
        ]
    );
}

#[test]
fn the_pages_router_needs_a_manifest_of_next() {
    let handler = "export default async function handler(req, res) {\n  if (req.method === 'POST') { return res.json({}) }\n  if (req.method !== 'GET') return res.status(405).end();\n}\n";
    let any = "export default function handler(req, res) { res.json({}) }\n";
    let page = "export default function Home() { return null }\n";
    let files = [
        ("pages/api/records.ts", handler),
        ("pages/api/any.ts", any),
        ("pages/about.tsx", page),
        ("pages/_app.tsx", page),
    ];
    assert_eq!(
        read(&[files.as_slice(), &[MANIFEST]].concat()),
        [
            "GET /about pages/about.tsx:1 ?",
            "ANY /api/any pages/api/any.ts:1 nothing",
            "GET /api/records pages/api/records.ts:1 nothing",
            "POST /api/records pages/api/records.ts:1 nothing",
        ]
    );
    assert_eq!(read(&files), [""; 0]);
    let vite = ("package.json", r#"{"dependencies": {"react": "19"}}"#);
    assert_eq!(read(&[files.as_slice(), &[vite]].concat()), [""; 0]);
}

#[test]
fn a_folder_above_the_app_may_be_called_app() {
    let page = "export default function Page() { return null }\n";
    assert_eq!(
        read(&[
            ("packages/app/package.json", MANIFEST.1),
            ("packages/app/src/app/about/page.tsx", page),
        ]),
        ["GET /about packages/app/src/app/about/page.tsx:1 ?"]
    );
}

#[test]
fn folders_that_are_no_part_of_a_path_are_left_out() {
    let open = "export async function GET() { return Response.json({}); }\n";
    let page = "export default function Page() { return null }\n";
    let helpers = "export const dynamic = 'force-dynamic';\nexport type GET = string;\nasync function POST() {}\n// export function PUT() {}\nconst text = 'export function DELETE() {}';\n";
    assert_eq!(
        read(&[
            MANIFEST,
            ("app/_private/route.ts", open),
            ("app/api/_lib/x/route.ts", open),
            ("app/%5Fshown/route.ts", open),
            ("app/@modal/(.)photo/[id]/page.tsx", page),
            ("app/feed/(..)photo/[id]/page.tsx", page),
            ("app/@side/team/page.tsx", page),
            ("app/api/helpers/route.ts", helpers),
        ]),
        [
            "GET /_shown app/%5Fshown/route.ts:1 nothing",
            "GET /team app/@side/team/page.tsx:1 ?",
        ]
    );
}
