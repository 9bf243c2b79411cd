"""Measures the processor time of `tidegate init` on a repository of many files: many-files.py PROGRAM FOLDER.

Writes a Next.js app with Supabase of 5,000 files into FOLDER, and prints the least, the median and the most of 20 runs.
"""

import resource
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

RUNS = 20
WRITTEN = ["tidegate.yaml", ".env.example", ".github"]

PAGE = """import { Card } from "@/components/card-%(number)d";
import { load } from "@/lib/records-%(number)d";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const records = await load(id);
  return (
    <main className="flex flex-col gap-4 p-8">
%(lines)s
    </main>
  );
}
"""
ROUTE = """import { NextResponse } from "next/server";
import { createClient } from "@/lib/supabase";

export async function GET(request: Request) {
  const client = await createClient();
  const { data, error } = await client.from("records_%(number)d").select();
  return error ? NextResponse.json({ error: error.message }, { status: 500 }) : NextResponse.json(data);
}
"""
TABLE = """create table public.records_%(number)d (id uuid primary key, tenant uuid not null, title text);
alter table public.records_%(number)d enable row level security;
create policy own_%(number)d on public.records_%(number)d using (tenant = auth.uid());
"""
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M%(number)d 2v6"/></svg>\n'
KINDS = [
    ("app/section-{0}/[id]/page-{1}/page.tsx", 1400, PAGE),
    ("app/api/group-{0}/records-{1}/route.ts", 600, ROUTE),
    ("components/area-{0}/card-{1}.tsx", 1400, PAGE),
    ("lib/area-{0}/records-{1}.ts", 900, ROUTE),
    ("supabase/migrations/2026{0:04}_{1:06}.sql", 200, TABLE),
    ("public/icons-{0}/icon-{1}.svg", 494, PICTURE),
]
LINES = "\n".join(f'      <Card title="Line {line}" value={{records[{line}]}} />' for line in range(25))
PACKAGE = """{
  "name": "many-files",
  "private": true,
  "scripts": { "dev": "next dev", "build": "next build", "start": "next start" },
  "dependencies": { "@supabase/supabase-js": "2.109.0", "next": "16.4.3", "react": "19.3.0", "react-dom": "19.3.0" }
}
"""


def write(folder: Path) -> None:
    for pattern, count, text in KINDS:
        for number in range(count):
            path = folder / pattern.format(number // 25, number)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text % {"number": number, "lines": LINES})
    (folder / "package.json").write_text(PACKAGE)
    (folder / "next.config.ts").write_text("export default {};\n")
    (folder / "vercel.json").write_text("{}\n")
    (folder / "tsconfig.json").write_text("{}\n")
    (folder / "README.md").write_text("# Many files\n")
    (folder / ".gitignore").write_text("node_modules\n.next\n")


def processor_time(program: str, folder: Path) -> float:
    for name in WRITTEN:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [program, "init", "--yes", "--no-run"]
    ran = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ran.returncode != 0 or not (folder / "tidegate.yaml").exists():
        sys.exit(f"exit code {ran.returncode}\n{ran.stdout}{ran.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    program, folder = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2]) / "many-files"
    shutil.rmtree(folder, ignore_errors=True)
    write(folder)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    files = sum(1 for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    times = sorted(processor_time(program, folder) * 1000 for _ in range(RUNS))
    print(f"{files} files, {RUNS} runs: {times[0]:.0f} ms at least, {statistics.median(times):.0f} ms in the middle, {times[-1]:.0f} ms at most")


if __name__ == "__main__":
    main()
