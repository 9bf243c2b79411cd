//! What only looks like something.

use super::*;

const PLAIN: &[(&str, &str)] = &[
    (
        "package.json",
        r#"{"name": "plain", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}"#,
    ),
    ("index.html", "<div id=app></div>"),
    (
        "src/main.ts",
        "const text = 'Supabase and firebase'; import('./stripe-icon');",
    ),
    (
        "README.md",
        "# Portal\n\nLike what Lovable (https://lovable.dev) or Bolt (bolt.new) makes. Not hosted on Vercel.\n",
    ),
];

#[test]
fn a_text_that_names_something_is_none_of_it() {
    let app = only(PLAIN);
    assert_eq!(technologies(&app), [Technology::Vite]);
    assert_eq!((app.hosts, app.production), (Vec::new(), None));
}

#[test]
fn a_library_is_no_app() {
    let libraries: [&[(&str, &str)]; 8] = [
        &[
            (
                "package.json",
                r#"{"name": "next-thing", "main": "dist/index.js", "peerDependencies": {"next": ">=14"}, "devDependencies": {"next": "16"}}"#,
            ),
            ("app/page.tsx", ""),
        ],
        &[
            (
                "package.json",
                r#"{"name": "react-thing", "exports": "./x.js", "devDependencies": {"vite": "7"}}"#,
            ),
            (
                "vite.config.ts",
                "export default { build: { lib: { entry: 'a.ts' } } }",
            ),
            ("index.html", ""),
        ],
        &[(
            "package.json",
            r#"{"name": "tested", "devDependencies": {"vite": "7", "vitest": "3"}}"#,
        )],
        &[
            (
                "package.json",
                r#"{"name": "middleware", "main": "index.js", "dependencies": {"express": "5"}}"#,
            ),
            ("index.js", "module.exports = () => {}"),
        ],
        &[
            (
                "package.json",
                r#"{"name": "svelte-thing", "exports": {}, "devDependencies": {"@sveltejs/kit": "2", "@sveltejs/package": "2"}}"#,
            ),
            ("src/routes/+page.svelte", ""),
        ],
        &[
            (
                "pyproject.toml",
                "[project]\nname = \"fastapi-thing\"\ndependencies = [\"fastapi\"]\n",
            ),
            ("thing/__init__.py", "from fastapi import APIRouter"),
        ],
        &[
            ("Gemfile", "gem \"rails\"\n"),
            ("lib/engine.rb", "class Engine < ::Rails::Engine"),
        ],
        &[(
            "composer.json",
            r#"{"name": "acme/package", "require": {"laravel/framework": "^12"}}"#,
        )],
    ];
    for files in libraries {
        assert_eq!(project(files).apps, [], "{files:?}");
    }
}

#[test]
fn what_is_installed_built_or_shown_is_left_alone() {
    let next =
        r#"{"name": "x", "scripts": {"start": "next start"}, "dependencies": {"next": "16"}}"#;
    let told = project(&[
        ("node_modules/next/package.json", next),
        ("dist/package.json", next),
        ("vendor/x/package.json", next),
        ("tests/fixtures/package.json", next),
        ("examples/a/package.json", next),
        (".next/package.json", next),
    ]);
    assert_eq!(told, Project::default());
}

#[test]
fn a_dependency_with_a_similar_name_is_another() {
    let app = only(&[
        (
            "package.json",
            r#"{"name": "x", "scripts": {"start": "node a.js"}, "dependencies": {"next-themes": "1", "express-session": "1", "firebase-tools-x": "1", "stripe-event-types": "1", "react-router": "7"}}"#,
        ),
        ("a.js", "listen(process.env.PORT)"),
    ]);
    assert_eq!(technologies(&app), []);
}

#[test]
fn the_headline_of_its_own_page_tells_lovable() {
    let mut files = PLAIN.to_vec();
    files[3].1 = "# Welcome to your Lovable project\n\n## Project info\n";
    assert_eq!(
        technologies(&only(&files)),
        [Technology::Vite, Technology::Lovable]
    );
}
