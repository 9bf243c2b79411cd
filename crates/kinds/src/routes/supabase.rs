//! What a project asks of Supabase.

use std::collections::BTreeMap;

use tidegate_core::span::Location;

use super::lex::Tokens;
use crate::naming::words;

/// The most names of each kind.
const NAME_LIMIT: usize = 1_000;

/// The longest name of a table.
const LONGEST: usize = 63;

/// What a project asks of Supabase, each by its name with the first place that names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Supabase {
    /// Tables and views of the schema `public`.
    pub(crate) tables: BTreeMap<String, Location>,
    /// Functions of the database.
    pub(crate) functions: BTreeMap<String, Location>,
    /// Buckets of the storage.
    pub(crate) buckets: BTreeMap<String, Location>,
    /// Edge functions.
    pub(crate) edge_functions: BTreeMap<String, Location>,
}

impl Supabase {
    /// Whether the project asks for nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.tables.is_empty()
            && self.functions.is_empty()
            && self.buckets.is_empty()
            && self.edge_functions.is_empty()
    }

    /// What is beyond a limit, in a phrase.
    pub(super) fn left_out(&self) -> Option<String> {
        let maps = [
            &self.tables,
            &self.functions,
            &self.buckets,
            &self.edge_functions,
        ];
        let is_full = maps.iter().any(|map| map.len() >= NAME_LIMIT);
        let message = || {
            format!(
                "tables, functions or buckets of Supabase after the first {NAME_LIMIT} were left out"
            )
        };
        is_full.then(message)
    }

    /// Reads a source file that mentions Supabase.
    pub(super) fn read(&mut self, path: &str, text: &str, tokens: &Tokens<'_>) {
        let types = text.contains("Tables") && text.contains("public");
        if types {
            self.types(path, tokens);
        }
        let mentions = memchr::memmem::find(text.as_bytes(), b"upabase").is_some();
        if !mentions {
            return;
        }
        for index in 0..tokens.len() {
            self.call(path, tokens, index);
        }
    }

    /// `.from('x')`, `.rpc('x')` and their like.
    fn call(&mut self, path: &str, tokens: &Tokens<'_>, index: usize) {
        let open = tokens.after_types(index + 1);
        let member =
            tokens.is(index.wrapping_sub(1), ".") || tokens.is(index.wrapping_sub(1), "?.");
        if !member || !tokens.is(open, "(") {
            return;
        }
        let Some(name) = tokens.text(open + 1) else {
            return;
        };
        let alone = tokens.is(open + 2, ")") || tokens.is(open + 2, ",");
        let owner = tokens.at(index.wrapping_sub(2)).raw;
        let of_storage = matches!(owner, "storage" | "bucket");
        let (map, wanted) = match tokens.name(index) {
            Some("from" | "from_") if of_storage => (&mut self.buckets, true),
            Some("from" | "from_" | "table") => (&mut self.tables, is_client(tokens, index)),
            Some("rpc") => (&mut self.functions, true),
            Some("invoke") => (&mut self.edge_functions, owner == "functions"),
            _ => return,
        };
        if alone && wanted {
            add(map, name, path, tokens.at(index).line);
        }
    }

    /// The file that `supabase gen types` writes.
    fn types(&mut self, path: &str, tokens: &Tokens<'_>) {
        let schema = (0..tokens.len()).find(|&index| tokens.are(index, &["public", ":", "{"]));
        let Some(open) = schema.map(|index| index + 2) else {
            return;
        };
        for (key, inner) in keys(tokens, open) {
            let map = match tokens.at(key).raw {
                "Tables" | "Views" => &mut self.tables,
                "Functions" => &mut self.functions,
                _ => continue,
            };
            for (name, _) in keys(tokens, inner) {
                let named = tokens
                    .name(name)
                    .map(str::to_owned)
                    .or_else(|| tokens.text(name));
                // `[_ in never]: never` stands where there are none.
                if let Some(named) = named {
                    add(map, named, path, tokens.at(name).line);
                }
            }
        }
    }
}

/// The keys of a type, each with the bracket that opens its value.
fn keys(tokens: &Tokens<'_>, open: usize) -> Vec<(usize, usize)> {
    let end = tokens.close(open);
    let mut found = Vec::new();
    let mut at = open + 1;
    while at < end {
        if tokens.is(at + 1, ":") && tokens.is(at + 2, "{") {
            found.push((at, at + 2));
            at += 2;
        } else if tokens.is(at + 1, ":") && tokens.at(at).first {
            found.push((at, at + 2));
            at += 1;
        }
        at = tokens.after(at, end);
    }
    found
}

/// Whether a query is begun on a client of Supabase, rather than on a list or a buffer.
fn is_client(tokens: &Tokens<'_>, index: usize) -> bool {
    const OTHERS: [&str; 12] = [
        "Array",
        "Buffer",
        "Object",
        "Uint8Array",
        "Readable",
        "Stream",
        "Date",
        "Set",
        "Map",
        "knex",
        "db",
        "Observable",
    ];
    let before = index.wrapping_sub(2);
    if tokens.is(before, ")") {
        // `createClient().from('x')` is, `select('x').from('y')` of a query builder is not, and
        // `schema('x').from('y')` is of another schema.
        let Some(open) = tokens.partner(before) else {
            return false;
        };
        let called = tokens.name(open.wrapping_sub(1)).unwrap_or_default();
        let called = words(called);
        return called
            .iter()
            .any(|word| word == "client" || word == "supabase");
    }
    let Some(owner) = tokens.name(before) else {
        return false;
    };
    !OTHERS.contains(&owner) && !owner.ends_with("Array")
}

fn add(map: &mut BTreeMap<String, Location>, name: String, path: &str, line: usize) {
    let letters = |letter: char| letter.is_alphanumeric() || "_-. ".contains(letter);
    let plain = !name.is_empty() && name.len() <= LONGEST && name.chars().all(letters);
    if plain && map.len() < NAME_LIMIT {
        map.entry(name)
            .or_insert_with(|| Location::line_of(path, line));
    }
}

#[cfg(test)]
mod tests {
    use super::super::lex::javascript;
    use super::*;

    fn read(text: &str) -> [Vec<String>; 4] {
        let mut supabase = Supabase::default();
        supabase.read("src/x.ts", text, &javascript(text));
        let Supabase {
            tables,
            functions,
            buckets,
            edge_functions,
        } = supabase;
        [tables, functions, buckets, edge_functions].map(|map| map.into_keys().collect())
    }

    #[test]
    fn what_is_asked_of_a_client_is_found() {
        let found = read(
            "import { supabase } from './client'\n\
             await supabase.from('invoices').select('*')\n\
             await createClient().from<Row>(\"records\").insert({})\n\
             supabase.rpc('search_records', { q })\n\
             supabase.storage.from('documents').list()\n\
             supabase.functions.invoke('send-mail', { body })",
        );
        assert_eq!(found[0], ["invoices", "records"]);
        assert_eq!(found[1], ["search_records"]);
        assert_eq!(found[2], ["documents"]);
        assert_eq!(found[3], ["send-mail"]);
    }

    #[test]
    fn what_is_alike_is_left_alone() {
        let found = read(
            "import { supabase } from './client'\n\
             // supabase.from('commented')\n\
             const text = \"supabase.from('quoted')\"\n\
             Array.from('abc'); Buffer.from('x'); Uint8Array.from('y')\n\
             supabase.from(table); supabase.schema('private').from('hidden')\n\
             knex.select('a').from('b'); invoke('x'); window.invoke('y')",
        );
        assert_eq!(found, [const { Vec::<String>::new() }; 4]);
        assert_eq!(
            read("client.from('no_mention')"),
            [const { Vec::<String>::new() }; 4]
        );
    }

    #[test]
    fn generated_types_name_everything() {
        let found = read(
            "export type Database = {\n  graphql_public: {\n    Tables: { [_ in never]: never }\n  }\n  public: {\n    Tables: {\n      invoices: {\n        Row: {\n          id: string\n        }\n        Insert: { id?: string }\n      }\n      members: {\n        Row: { id: string }\n      }\n    }\n    Views: {\n      [_ in never]: never\n    }\n    Functions: {\n      search: { Args: { q: string }; Returns: unknown }\n    }\n    Enums: { role: \"a\" | \"b\" }\n  }\n}\n",
        );
        assert_eq!(found[0], ["invoices", "members"]);
        assert_eq!(found[1], ["search"]);
    }
}
