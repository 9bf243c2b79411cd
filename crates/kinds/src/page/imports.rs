//! What a module imports before it runs: the import declarations at its beginning.
//!
//! A bundler writes them there. Looking for them everywhere would take examples in texts for imports.

/// The most imports that are taken from one module.
const MOST: usize = 300;

/// The most bytes between `import` and the address.
const LONGEST: usize = 20_000;

/// The addresses that a module imports statically at its beginning, but for bare names, which an import
/// map resolves.
pub(super) fn of(module: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = module.trim_start_matches('\u{feff}');
    while found.len() < MOST {
        rest = behind_blanks(rest);
        if let Some(behind) = preamble(rest) {
            rest = behind;
            continue;
        }
        let Some((address, behind)) = declaration(rest) else {
            break;
        };
        if let Some(address) = address.filter(|address| is_address(address)) {
            found.push(address.to_owned());
        }
        rest = behind;
    }
    found
}

fn is_address(text: &str) -> bool {
    ["./", "../", "/", "http://", "https://"]
        .iter()
        .any(|start| text.starts_with(start))
}

/// What follows blanks, comments and semicolons.
fn behind_blanks(mut text: &str) -> &str {
    loop {
        text = text.trim_start_matches(|sign: char| sign.is_whitespace() || sign == ';');
        let end = if text.starts_with("//") || text.starts_with("#!") {
            "\n"
        } else if text.starts_with("/*") {
            "*/"
        } else {
            return text;
        };
        text = text.split_once(end).map_or("", |(_, rest)| rest);
    }
}

/// What follows a directive, or the table of names that Vite writes before the imports.
fn preamble(text: &str) -> Option<&str> {
    for directive in [
        "\"use strict\"",
        "'use strict'",
        "\"use client\"",
        "'use client'",
    ] {
        if let Some(rest) = text.strip_prefix(directive) {
            return Some(rest);
        }
    }
    let table = text.strip_prefix("const __vite__mapDeps=")?;
    table.split_once('\n').map(|(_, rest)| rest)
}

/// The address of the declaration that a text begins with, if it has one, and what follows.
fn declaration(text: &str) -> Option<(Option<&str>, &str)> {
    if let Some(rest) = text.strip_prefix("import") {
        return imported(rest);
    }
    let rest = behind_blanks(text.strip_prefix("export")?);
    let behind = if let Some(rest) = rest.strip_prefix('*') {
        rest
    } else {
        rest.strip_prefix('{')?.split_once('}')?.1
    };
    let names = clause(behind)?;
    match names.0.trim_end().strip_suffix("from") {
        Some(_) => quoted(names.1),
        // Names of the module's own.
        None => None,
    }
}

fn imported(rest: &str) -> Option<(Option<&str>, &str)> {
    // `import(…)` and `import.meta` are no declarations, and `imported` is a name.
    let first = rest.chars().next()?;
    if !(first.is_whitespace() || "\"'{*/".contains(first)) {
        return None;
    }
    let (names, behind) = clause(rest)?;
    let names = names.trim_end();
    if !names.is_empty() && !names.ends_with("from") {
        return None;
    }
    quoted(behind)
}

/// What stands before the next quote, when that can be the names of a declaration.
fn clause(text: &str) -> Option<(&str, &str)> {
    let at = text.find(['"', '\''])?;
    let (names, rest) = text.split_at(at);
    let fits = names.len() <= LONGEST && !names.contains([';', '(', '=', '.']);
    fits.then_some((names, rest))
}

/// The text in quotes that a text begins with, and what follows it and its attributes.
fn quoted(text: &str) -> Option<(Option<&str>, &str)> {
    let quote = text.chars().next()?;
    let (address, rest) = text.get(1..)?.split_once(quote)?;
    let attributes = behind_blanks(rest);
    let attributes = attributes.strip_prefix("with").map(behind_blanks);
    let behind = attributes.and_then(|rest| rest.strip_prefix('{')?.split_once('}'));
    Some((Some(address), behind.map_or(rest, |(_, rest)| rest)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn imports_at_the_beginning_are_found_however_they_are_written() {
        for (module, expected) in [
            (
                "import\"./a.js\";import{b as c}from\"./b.js\";let x",
                vec!["./a.js", "./b.js"],
            ),
            (
                "\"use strict\"; // note\n/* b */ import a, { b } from '../a.js'\nimport * as c from \"/c.js\" with { type: \"json\" };",
                vec!["../a.js", "/c.js"],
            ),
            (
                "const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=[\"assets/a.js\"])))=>i.map(i=>d[i]);\nimport{r}from\"./r.js\";",
                vec!["./r.js"],
            ),
            (
                "export*from\"./a.js\";export{b}from'./b.js';",
                vec!["./a.js", "./b.js"],
            ),
            ("import\"react\";import\"./a.js\"", vec!["./a.js"]),
            (
                "import x from \"https://cdn.example/x.js\"",
                vec!["https://cdn.example/x.js"],
            ),
        ] {
            assert_eq!(of(module), expected, "{module}");
        }
    }

    #[test]
    fn what_is_no_import_is_left() {
        for module in [
            "import(\"./a.js\")",
            "import.meta.url+\"./a.js\"",
            "imported(\"./a.js\")",
            "const text=`\nimport a from \"./a.js\"`",
            "let a=1;import\"./b.js\"",
            "export{a};\"./b.js\"",
            "export const a = './b.js'",
            "<!doctype html>",
            "",
        ] {
            assert_eq!(of(module), [""; 0], "{module}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in "(import|export|from|[\"'{}*;/ \n]|\\PC){0,60}") {
            of(&text);
        }
    }
}
