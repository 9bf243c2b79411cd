//! Projects of 5,000 files each.

use std::collections::BTreeSet;
use std::path::Path;

use crate::bench::files;
use crate::failure::Failure;

/// A project as people have it, but larger.
pub(super) struct Project {
    /// What its folder is called.
    pub(super) name: &'static str,
    /// What `init` writes into that folder.
    pub(super) written: &'static [&'static str],
    many: &'static [Many],
    single: &'static [(&'static str, &'static str)],
}

/// Files that are alike; in their paths `NUMBER` stands for the number of each, `GROUP` for that of its folder.
struct Many {
    path: &'static str,
    count: usize,
    text: fn(usize) -> String,
}

/// How many files lie in a folder.
const TOGETHER: usize = 25;

/// An app of Next.js with Supabase.
pub(super) const NEXT: Project = Project {
    name: "next-supabase",
    written: &[
        "next-supabase/tidegate.yaml",
        "next-supabase/.gitignore",
        "next-supabase/.env.example",
        "next-supabase/.github",
    ],
    many: &[
        Many {
            path: "app/section-GROUP/[id]/page-NUMBER/page.tsx",
            count: 1_200,
            text: |number| filled(&PAGE.replace("LINES", &lines(CARD_LINE)), number),
        },
        Many {
            path: "app/api/group-GROUP/records-NUMBER/route.ts",
            count: 600,
            text: |number| filled(HANDLER, number),
        },
        Many {
            path: "components/area-GROUP/card-NUMBER.tsx",
            count: 1_200,
            text: |number| filled(&CARD.replace("LINES", &lines(TEXT_LINE)), number),
        },
        Many {
            path: "lib/area-GROUP/records-NUMBER.ts",
            count: 1_200,
            text: |number| filled(RECORDS, number),
        },
        Many {
            path: "supabase/migrations/20260101_NUMBER.sql",
            count: 200,
            text: |number| filled(TABLE, number),
        },
        Many {
            path: "public/icons-GROUP/icon-NUMBER.svg",
            count: 594,
            text: |number| filled(ICON, number),
        },
    ],
    single: &[
        ("package.json", NEXT_PACKAGE),
        ("lib/supabase.ts", SUPABASE),
        ("next.config.ts", "export default {};\n"),
        ("vercel.json", "{}\n"),
        ("tsconfig.json", "{}\n"),
        ("README.md", "# Many files\n"),
    ],
};

/// An app of Express whose files with routes import one another.
pub(super) const EXPRESS: Project = Project {
    name: "express",
    written: &[
        "express/tidegate.yaml",
        "express/.gitignore",
        "express/.env.example",
        "express/.github",
    ],
    many: &[
        Many {
            path: "src/routes/group-GROUP/route-NUMBER.ts",
            count: ROUTES,
            text: route,
        },
        Many {
            path: "src/routes/group-GROUP/route-NUMBER.test.ts",
            count: ROUTES,
            text: |number| filled(ROUTE_TEST, number),
        },
        Many {
            path: "src/services/area-GROUP/service-NUMBER.ts",
            count: 1_700,
            text: |number| filled(SERVICE, number),
        },
        Many {
            path: "src/models/area-GROUP/record-NUMBER.ts",
            count: 1_200,
            text: |number| filled(MODEL, number),
        },
        Many {
            path: "public/icons-GROUP/icon-NUMBER.svg",
            count: 494,
            text: |number| filled(ICON, number),
        },
    ],
    single: &[
        ("package.json", EXPRESS_PACKAGE),
        ("src/app.ts", APP),
        ("src/middleware/auth.ts", AUTH),
        ("src/models/database.ts", DATABASE),
        ("tsconfig.json", "{}\n"),
        ("README.md", "# Many routes\n"),
    ],
};

/// How many files of the app of Express have routes.
const ROUTES: usize = 800;

/// How many of the files after it each of them imports.
const NEIGHBOURS: usize = 10;

impl Project {
    /// Writes all its files below a folder.
    ///
    /// # Errors
    /// [`Failure::Io`] when one cannot be written.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Failure> {
        for many in self.many {
            for number in 0..many.count {
                let path = filled(many.path, number);
                files::write(&folder.join(path), &(many.text)(number))?;
            }
        }
        for (path, text) in self.single {
            files::write(&folder.join(path), text)?;
        }
        Ok(())
    }
}

fn filled(text: &str, number: usize) -> String {
    text.replace("NUMBER", &number.to_string())
        .replace("GROUP", &(number / TOGETHER).to_string())
}

/// A screen of lines that are alike.
fn lines(line: &str) -> String {
    let lines = (0..TOGETHER).map(|number| line.replace("LINE", &number.to_string()));
    lines.collect()
}

/// A file with routes: it mounts two others, so that all hang on the first, and uses many more.
fn route(number: usize) -> String {
    let mounted = [number * 2 + 1, number * 2 + 2];
    let mounted = || mounted.into_iter().filter(|other| *other < ROUTES);
    let neighbours = (1..=NEIGHBOURS).map(|step| (number + step) % ROUTES);
    let imported: BTreeSet<usize> = mounted().chain(neighbours).collect();
    let imported = || imported.iter().copied();
    let text = ROUTE
        .replace("IMPORTS\n", &each(IMPORT, imported()))
        .replace("CALLS\n", &each(CALL, imported()))
        .replace("MOUNTS\n", &each(MOUNT, mounted()));
    filled(&text, number)
}

/// A line for each of these files.
fn each(line: &str, numbers: impl Iterator<Item = usize>) -> String {
    numbers.map(|number| filled(line, number)).collect()
}

const PAGE: &str = r#"import { Card } from "@/components/area-GROUP/card-NUMBER";
import { load } from "@/lib/area-GROUP/records-NUMBER";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const records = await load(id);
  return (
    <main className="flex flex-col gap-4 p-8">
LINES    </main>
  );
}
"#;

const CARD_LINE: &str = r#"      <Card title="Line LINE" value={records[LINE]} />
"#;

const CARD: &str = r#"type Field = { title: string; amount: number };

export function Card({ title, value }: { title: string; value: Field[] }) {
  return (
    <section className="flex flex-col gap-4 p-8" id="card-NUMBER" title={title}>
LINES    </section>
  );
}
"#;

const TEXT_LINE: &str = r#"      <p className="line-LINE">{value[LINE].title}</p>
"#;

const HANDLER: &str = r#"import { NextResponse } from "next/server";
import { createClient } from "@/lib/supabase";

export async function GET(request: Request) {
  const client = await createClient();
  const { data, error } = await client.from("records_NUMBER").select();
  return error ? NextResponse.json({ error: error.message }, { status: 500 }) : NextResponse.json(data);
}
"#;

const RECORDS: &str = r#"import { createClient } from "@/lib/supabase";

export async function load(tenant: string) {
  const client = await createClient();
  const { data, error } = await client.from("records_NUMBER").select().eq("tenant", tenant);
  if (error) throw new Error(error.message);
  return data;
}
"#;

const TABLE: &str = "\
create table public.records_NUMBER (id uuid primary key, tenant uuid not null, title text);
alter table public.records_NUMBER enable row level security;
create policy own_NUMBER on public.records_NUMBER using (tenant = auth.uid());
";

const ICON: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="MNUMBER 2v6"/></svg>
"#;

const SUPABASE: &str = r#"import { createClient as connect } from "@supabase/supabase-js";

export async function createClient() {
  return connect(process.env.NEXT_PUBLIC_SUPABASE_URL!, process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY!);
}
"#;

const NEXT_PACKAGE: &str = r#"{
  "name": "many-files",
  "private": true,
  "scripts": { "dev": "next dev", "build": "next build", "start": "next start" },
  "dependencies": { "@supabase/supabase-js": "2.109.0", "next": "16.4.3", "react": "19.3.0", "react-dom": "19.3.0" }
}
"#;

const ROUTE: &str = r#"import { Router, type Request, type Response } from "express";
import { requireAuth } from "../../middleware/auth.js";
import { find } from "../../services/area-GROUP/service-NUMBER.js";
IMPORTS

const router = Router();

export async function load(id: string) {
  return find(id);
}

router.get("/", requireAuth, async (request: Request, response: Response) => {
  response.json(await find(String(request.query.q)));
});
router.post("/", requireAuth, async (request: Request, response: Response) => {
CALLS
  response.status(201).json(await load(request.body.id));
});
router.get("/:id", requireAuth, async (request: Request, response: Response) => {
CALLS
  response.json(await load(request.params.id));
});
router.patch("/:id", requireAuth, async (request: Request, response: Response) => {
CALLS
  response.json(await load(request.params.id));
});
router.delete("/:id", requireAuth, async (request: Request, response: Response) => {
  response.status(204).end();
});
MOUNTS

export default router;
"#;

const IMPORT: &str = r#"import routeNUMBER, * as partNUMBER from "../group-GROUP/route-NUMBER.js";
"#;

const CALL: &str = "  await partNUMBER.load(request.params.id);\n";

const MOUNT: &str = "router.use(\"/part-NUMBER\", routeNUMBER);\n";

const ROUTE_TEST: &str = r#"import route from "./route-NUMBER.js";

test("route NUMBER", () => expect(route).toBeDefined());
"#;

const SERVICE: &str = r#"import { database } from "../../models/database.js";

export async function find(id: string) {
  return database.query("select * from records_NUMBER where id = $1", [id]);
}
"#;

const MODEL: &str = "\
export interface RecordNUMBER {
  id: string;
  title: string;
  amount: number;
}
";

const DATABASE: &str = r#"import { Pool } from "pg";

export const database = new Pool({ connectionString: process.env.DATABASE_URL });
"#;

const AUTH: &str = r#"import type { NextFunction, Request, Response } from "express";

export function requireAuth(request: Request, response: Response, next: NextFunction) {
  if (!request.headers.authorization) return response.status(401).end();
  next();
}
"#;

const APP: &str = r#"import express from "express";
import route0 from "./routes/group-0/route-0.js";

const app = express();
app.use(express.json());
app.use("/api", route0);
app.listen(Number(process.env.PORT ?? 3000));
"#;

const EXPRESS_PACKAGE: &str = r#"{
  "name": "many-routes",
  "private": true,
  "type": "module",
  "scripts": { "build": "tsc", "start": "node dist/app.js" },
  "dependencies": { "express": "5.2.1", "pg": "8.20.0" }
}
"#;

#[cfg(test)]
mod tests {
    use super::*;

    fn written(project: &Project) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        project.write(&folder.path().join(project.name)).unwrap();
        folder
    }

    #[test]
    fn each_project_has_5_000_files_and_nothing_that_init_writes() {
        for project in [NEXT, EXPRESS] {
            let folder = written(&project);
            let count = files::below(folder.path()).unwrap().len();
            assert_eq!(count, 5_000, "{}", project.name);
            for name in project.written {
                assert!(name.starts_with(project.name), "{name}");
                assert!(!folder.path().join(name).exists(), "{name}");
            }
        }
    }

    #[test]
    fn every_import_of_the_800_files_with_routes_leads_to_a_file() {
        let folder = written(&EXPRESS);
        let source = folder.path().join("express/src");
        let routes = files::below(&source.join("routes")).unwrap();
        let routes = routes.iter().filter(|file| {
            let name = file.to_string_lossy();
            !name.ends_with(".test.ts")
        });
        let mut count = 0;
        for file in routes {
            let text = files::read(file).unwrap();
            let paths = text.split("from \"../").skip(1);
            let paths: Vec<&str> = paths.filter_map(|rest| rest.split('"').next()).collect();
            assert!(paths.len() >= 2 + NEIGHBOURS, "{}", file.display());
            for path in paths {
                let from = file.parent().unwrap().join("..").join(path);
                assert!(from.with_extension("ts").is_file(), "{}", from.display());
            }
            count += 1;
        }
        assert_eq!(count, ROUTES);
    }

    #[test]
    fn nothing_is_left_to_fill_in() {
        for project in [NEXT, EXPRESS] {
            for many in project.many {
                let text = (many.text)(7) + &filled(many.path, 7);
                for word in ["NUMBER", "GROUP", "LINE", "IMPORTS", "CALLS", "MOUNTS"] {
                    assert!(!text.contains(word), "{word}: {text}");
                }
            }
        }
    }
}
