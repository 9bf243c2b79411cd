//! Frameworks for pages that are told by how they are built and started alone.

use super::super::part::Part;
use super::super::{App, Told};

/// A framework for pages.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct Pages {
    /// The package that gives it away.
    package: &'static str,
    /// What builds it, where no script does.
    build: &'static str,
    /// What starts it.
    start: Start,
    /// The folder that visitors get.
    output: &'static str,
}

#[derive(Debug, PartialEq, Eq)]
enum Start {
    /// A program of the package, with the port in the place of `{port}`.
    Program(&'static str),
    /// A program that was built, which gets the port as a variable.
    Built(&'static str),
    /// Nothing: every path is answered with the one page of the output.
    Files,
}

static PAGES: [Pages; 4] = [
    Pages {
        package: "astro",
        build: "astro build",
        start: Start::Program("astro preview --host 127.0.0.1 --port {port}"),
        output: "dist",
    },
    Pages {
        package: "nuxt",
        build: "nuxt build",
        start: Start::Built("node .output/server/index.mjs"),
        output: ".output/public",
    },
    Pages {
        package: "gatsby",
        build: "gatsby build",
        start: Start::Program("gatsby serve --host 127.0.0.1 --port {port}"),
        output: "public",
    },
    Pages {
        package: "react-scripts",
        build: "react-scripts build",
        start: Start::Files,
        output: "build",
    },
];

impl Pages {
    /// The framework of a part, when one of its scripts runs it.
    pub(in super::super) fn of(part: &Part<'_, '_>) -> Option<&'static Self> {
        let runs = |pages: &&Pages| {
            let first = pages.build.split(' ').next().unwrap_or_default();
            part.scripts()
                .any(|script| script.split_whitespace().any(|word| word == first))
        };
        let needed = |pages: &&Pages| part.needs_any(&[pages.package]).is_some();
        PAGES.iter().find(|pages| needed(pages) && runs(pages))
    }

    /// How it is built and started.
    pub(in super::super) fn complete(&self, part: &Part<'_, '_>, port: u16, app: &mut App) {
        if app.build.is_none() {
            let command = part.words().program(self.build);
            let because = format!("{} builds it", self.package);
            app.build = Some(Told::new(command, &part.path("package.json"), because));
        }
        app.output.push(self.output.to_owned());
        let at = port.to_string();
        app.serve = Some(match self.start {
            Start::Program(command) => {
                let command = command.replace("{port}", &at);
                let because = format!("{} shows what it built", self.package);
                super::program(part, port, &command, &[], &because)
            }
            Start::Built(command) => {
                let environment = [("PORT", &*at), ("HOST", "127.0.0.1")];
                let because = format!("{} makes a program of it", self.package);
                super::serve(part, port, command.to_owned(), &environment, &because)
            }
            Start::Files => {
                app.single_page = true;
                super::files(part, port, self.output, true)
            }
        });
    }
}
