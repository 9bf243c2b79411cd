//! Variables that code and files name.

use super::*;

fn names(files: &[(&str, &str)]) -> Vec<String> {
    let mut all = vec![
        (
            "package.json",
            r#"{"name": "x", "scripts": {"start": "node a.js"}}"#,
        ),
        ("a.js", "listen(process.env.PORT)"),
    ];
    all.extend(files);
    let app = only(&all);
    let names = app.variables.into_iter().map(|told| {
        let public = if told.value.public { " (public)" } else { "" };
        format!("{}{public}", told.value.name)
    });
    names.collect()
}

#[test]
fn each_language_asks_in_its_own_way() {
    let cases: [(&str, &str, &[&str]); 12] = [
        (
            "b.ts",
            "process.env.API_KEY!; process.env['OTHER_KEY']; process.env.NODE_ENV",
            &["API_KEY", "OTHER_KEY"],
        ),
        (
            "b.ts",
            "const { DATABASE_URL, SECRET: secret, lower } = process.env;",
            &["DATABASE_URL", "SECRET"],
        ),
        (
            "b.tsx",
            "import.meta.env.VITE_API_URL; import.meta.env.MODE",
            &["VITE_API_URL (public)"],
        ),
        (
            "b.svelte",
            "import { PUBLIC_KEY } from '$env/static/public'; import { DB } from \"$env/static/private\";",
            &["DB", "PUBLIC_KEY (public)"],
        ),
        (
            "b.ts",
            "import { env } from '$env/dynamic/private'; env.TOKEN; process.env.X_Y",
            &["TOKEN", "X_Y"],
        ),
        (
            "b.ts",
            "Deno.env.get(\"DENO_KEY\"); Bun.env.BUN_KEY",
            &["BUN_KEY", "DENO_KEY"],
        ),
        (
            "b.py",
            "os.environ['A_1']; os.environ.get(\"B_1\", 'x'); os.getenv('C_1'); myenviron['D_1']",
            &["A_1", "B_1", "C_1"],
        ),
        (
            "b.py",
            "from decouple import config\nconfig('DEBUG_MODE', cast=bool)",
            &["DEBUG_MODE"],
        ),
        ("b.py", "config('NOT_THIS')", &[]),
        (
            "b.rb",
            "ENV['RAILS_KEY']; ENV.fetch(\"OTHER_ONE\") { 1 }",
            &["OTHER_ONE", "RAILS_KEY"],
        ),
        (
            "b.php",
            "env('APP_KEY'); getenv(\"DB_HOST\"); $x->myenv('NO_NO')",
            &["APP_KEY", "DB_HOST"],
        ),
        (
            "b.ts",
            "process.env.lower; process.env[name]; process.environment; process.env.",
            &[],
        ),
    ];
    for (path, code, expected) in cases {
        assert_eq!(names(&[(path, code)]), expected, "{code}");
    }
}

#[test]
fn files_of_variables_give_names_and_never_values() {
    let files = [
        (
            ".env.example",
            "export API_TOKEN=sk_live_do_not_show # why\n",
        ),
        (".env.local", "LOCAL_ONLY=\"several\nlines\"\n"),
        ("fly.toml", "app = 'x'\n[env]\nON_FLY = '1'\n"),
        (".env.test", "4f3a2b1c4f3a2b1c4f3a2b1c4f3a2b1c=1\n"),
    ];
    assert_eq!(names(&files), ["API_TOKEN", "LOCAL_ONLY", "ON_FLY"]);
    let mut all = vec![("package.json", r#"{"scripts": {"start": "node a.js"}}"#)];
    all.extend(files);
    let told = format!("{:?}", project(&all));
    assert!(
        !told.contains("sk_live") && !told.contains("several"),
        "{told}"
    );
}

#[test]
fn what_is_no_name_is_none_whichever_file_gives_it() {
    let render = "services:\n- name: web\n  envVars:\n  - { key: \"VITE_A\\nrun: evil\", value: x }\n  - { key: VITE_RENDER, value: x }\n";
    let files = [
        (
            "vercel.json",
            r#"{"env": {"VITE_A\n      run": "x", "VITE_${{ github.token }}": "x", "VITE_A B": "x", "": "x", "VITE_VERCEL": "x"}}"#,
        ),
        (
            "netlify.toml",
            "[build.environment]\n\"VITE_A\\n      run: evil\" = 'x'\nVITE_NETLIFY = 'x'\n",
        ),
        (
            "fly.toml",
            "[env]\n\"VITE_A: evil\" = 'x'\nVITE_FLY = 'x'\n",
        ),
        ("render.yaml", render),
        (".env.example", "VITE_ENV=1\n"),
    ];
    assert_eq!(
        names(&files),
        [
            "VITE_ENV (public)",
            "VITE_FLY (public)",
            "VITE_NETLIFY (public)",
            "VITE_RENDER (public)",
            "VITE_VERCEL (public)",
        ]
    );
}

#[test]
fn only_a_build_makes_variables_public() {
    let app = only(&[
        ("requirements.txt", "fastapi\n"),
        ("main.py", "app = FastAPI()\nos.getenv('PUBLIC_URL')\n"),
    ]);
    assert_eq!(app.variables.len(), 1);
    assert!(!app.variables[0].value.public);
}
