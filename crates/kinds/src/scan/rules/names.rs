//! Names that hand a secret to every visitor.

use tidegate_core::meta::Severity;

use crate::scan::rule::{Class, Rule, Shape, Test};

pub(super) static RULES: &[Rule] = &[Rule {
    slug: "public-name",
    name: "variable named like a secret that the browser gets",
    provider: "Vite, Next.js and other bundlers",
    class: Class::Secret,
    severity: Severity::High,
    shapes: &[Shape::PublicName],
    test: Test::Shape,
    opens: "A bundler copies every variable that begins like this into the script that each visitor downloads, whatever it holds.",
    rotate: &[
        "Replace the key or password that the variable holds, at whoever issued it.",
        "Rename the variable so that it no longer begins with NEXT_PUBLIC_, VITE_, REACT_APP_ or the like.",
        "Read it on the server only: in an API route, a server action or an edge function that the page calls.",
        "Build and deploy again, and look for the old value in the new bundle.",
    ],
    keep_out: "A name that begins with the bundler's public prefix is for values that may stand on the home page.",
    reference: "https://vite.dev/guide/env-and-mode",
}];
