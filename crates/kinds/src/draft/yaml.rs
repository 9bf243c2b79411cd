//! The proposal as YAML with comments.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tidegate_core::span::Location;

use super::guess::{Row, Who};
use crate::routes::Supabase;
use crate::shipped::path::is_invisible;

/// The longest comment behind a row.
const COMMENT_LIMIT: usize = 160;

/// The entry of the kind `access`, with what else was found as comments.
pub(super) fn access(rows: &[Row], folders: &[String], supabase: &Supabase) -> String {
    let mut text = String::from(
        "  # A proposal to review: Tidegate guessed who may from names, documents and code.\n  \
         # Everybody who is not named here is expected to be refused.\n  \
         who-may-what:\n    access:\n",
    );
    let open: Vec<&Row> = rows
        .iter()
        .filter(|row| row.who == Who::Everybody)
        .collect();
    let closed: Vec<&Row> = rows
        .iter()
        .filter(|row| row.who != Who::Everybody)
        .collect();
    let is_live = |row: &&Row| !is_comment(row);
    if open.iter().any(is_live) {
        text.push_str("      # Without a login.\n      public:\n");
    } else {
        text.push_str("      # Without a login: nothing was found.\n      public: []\n");
    }
    for row in &open {
        line(&mut text, row, &format!("- {}", name(row)));
    }
    if closed.iter().any(is_live) {
        text.push_str(
            "      # With a login; `all` is every identity of the gate file.\n      routes:\n",
        );
    } else {
        text.push_str("      routes: {}\n");
    }
    for row in &closed {
        line(
            &mut text,
            row,
            &format!("{}: {}", name(row), names(&row.who)),
        );
    }
    if !folders.is_empty() {
        let folders = folders
            .iter()
            .map(|folder| quoted(folder))
            .collect::<Vec<_>>();
        // Writing to a text does not fail.
        let _ = writeln!(
            text,
            "      # Routes that appear in these folders later are told.\n      code: [{}]",
            folders.join(", ")
        );
    }
    supabase_comment(&mut text, supabase);
    text
}

/// Whether a row is for a person to switch on.
fn is_comment(row: &Row) -> bool {
    row.destructive || row.who == Who::Roles(Vec::new())
}

fn line(text: &mut String, row: &Row, entry: &str) {
    let mut comment = format!("{}: {}", row.place, row.why);
    if row.who == Who::Roles(Vec::new()) {
        comment = format!("name who may; {comment}");
    }
    if row.destructive {
        comment = format!("may do more than show something; {comment}");
    }
    let switch = if is_comment(row) { "# " } else { "" };
    let _ = writeln!(text, "        {switch}{entry}  # {}", commented(&comment));
}

fn names(who: &Who) -> String {
    match who {
        Who::Roles(roles) if roles.is_empty() => "[role:admin]".to_owned(),
        Who::Roles(roles) => {
            let roles = roles.iter().map(|role| quoted(&format!("role:{role}")));
            format!("[{}]", roles.collect::<Vec<_>>().join(", "))
        }
        Who::Identities | Who::Everybody => "all".to_owned(),
    }
}

/// The name of a route, outside of brackets.
fn name(row: &Row) -> String {
    scalar(&row.pattern.name(), " /-_.~{}")
}

/// A text as a value of YAML, also inside of brackets: plain where that is safe, else in double quotes.
pub fn quoted(text: &str) -> String {
    scalar(text, " /-_.~")
}

/// A text as a plain scalar where that is safe, with these signs beside letters and digits; else in quotes.
///
/// Nothing in the text can end the scalar or be invisible in it (YAML 1.2.2, 7.3.1).
pub fn scalar(text: &str, signs: &str) -> String {
    // Words that YAML takes for something else than a text, in one version or the other.
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let plain = |letter: char| letter.is_ascii_alphanumeric() || signs.contains(letter);
    // What begins with a digit may be a number or a date.
    let begins = text.starts_with(|first: char| first.is_ascii_alphabetic());
    let is_word = WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
    let is_text = begins && text.trim() == text && !is_word;
    if (is_text && text.chars().all(plain)) || text == "." {
        return text.to_owned();
    }
    let mut escaped = String::new();
    for letter in serde_json::Value::from(text).to_string().chars() {
        if is_invisible(letter) {
            // None of these needs more than four digits.
            escaped.push_str(&format!("\\u{:04x}", u32::from(letter)));
        } else {
            escaped.push(letter);
        }
    }
    escaped
}

/// A text on one line, for a comment; a long one is cut.
pub fn commented(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|letter| if is_invisible(letter) { ' ' } else { letter })
        .collect();
    match line.char_indices().nth(COMMENT_LIMIT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// What the project asks of Supabase, as a check to switch on.
fn supabase_comment(text: &mut String, supabase: &Supabase) {
    if supabase.is_empty() {
        return;
    }
    text.push_str(
        "  # The project asks Supabase for these. Declare its URL under `apis:`, then switch this on:\n  \
         # supabase-from-outside:\n  #   supabase:\n  #     on: db\n",
    );
    let mut list = |key: &str, names: &BTreeMap<String, Location>| {
        if !names.is_empty() {
            let names: Vec<String> = names.keys().map(|name| commented(&quoted(name))).collect();
            let _ = writeln!(text, "  #     {key}: [{}]", names.join(", "));
        }
    };
    list("tables", &supabase.tables);
    list("buckets", &supabase.buckets);
    list("functions", &supabase.edge_functions);
    if !supabase.functions.is_empty() {
        let names: Vec<String> = supabase
            .functions
            .keys()
            .map(|name| format!("{}: {{}}", quoted(name)))
            .collect();
        let _ = writeln!(text, "  #     rpc: {{ {} }}", commented(&names.join(", ")));
    }
}
