//! Chains of Chai's words, as in `.to.not.be.above(3)`.

use serde_json::{Map, Value as Json, json};

use super::super::super::har::correlate::member;
use super::super::super::model::Expect;
use super::Meaning;
use super::lex::{Sign, Token, value};

/// The words of a chain with what the last of them is given.
#[derive(Debug, Default)]
pub(super) struct Chain {
    words: Vec<String>,
    arguments: Option<Vec<Json>>,
    regex: Option<String>,
}

/// Words that only make a sentence of it.
const FILLING: &[&str] = &[
    "to", "be", "been", "is", "that", "which", "and", "has", "have", "with", "at", "of", "same",
    "but", "does", "deep",
];

impl Chain {
    /// Reads chains up to the end of their statement: each call ends one.
    pub(super) fn read(tokens: &[Token], mut at: usize, end: usize) -> Option<Vec<Self>> {
        let mut chains = Vec::new();
        let mut chain = Self::default();
        while at < end {
            if !tokens.get(at)?.sign.is(".") {
                return None;
            }
            let Sign::Word(word) = &tokens.get(at + 1)?.sign else {
                return None;
            };
            at += 2;
            if !FILLING.contains(&word.as_str()) {
                chain.words.push(word.clone());
            }
            if !tokens
                .get(at)
                .filter(|_| at < end)
                .is_some_and(|one| one.sign.is("("))
            {
                continue;
            }
            at = chain.call(tokens, at + 1, end)?;
            chains.push(std::mem::take(&mut chain));
        }
        if !chain.words.is_empty() {
            chains.push(chain);
        }
        (!chains.is_empty()).then_some(chains)
    }

    /// Takes what the last word is given; where the call ends.
    fn call(&mut self, tokens: &[Token], mut at: usize, end: usize) -> Option<usize> {
        let mut arguments = Vec::new();
        while !tokens.get(at)?.sign.is(")") {
            if let Sign::Regex(regex) = &tokens.get(at)?.sign {
                self.regex = Some(regex.clone());
                at += 1;
                continue;
            }
            let (argument, after) = value(tokens, at, end)?;
            arguments.push(argument);
            at = after + usize::from(tokens.get(after)?.sign.is(","));
        }
        self.arguments = Some(arguments);
        Some(at + 1)
    }

    /// What the words behind it are about, where that is another place: `property` leads into a map.
    pub(super) fn leads_to(&self, subject: &Meaning) -> Option<Meaning> {
        let Meaning::Json(path) = subject else {
            return None;
        };
        let Some(Json::String(name)) = self.arguments.as_ref().and_then(|all| all.first()) else {
            return None;
        };
        let property = self.words.last().is_some_and(|word| word == "property");
        property.then(|| Meaning::Json(format!("{path}{}", member(name))))
    }

    /// Adds what the chain demands; whether it is known and there was room for it.
    pub(super) fn apply(&self, subject: &Meaning, expect: &mut Expect) -> bool {
        let not = self.words.iter().filter(|word| *word == "not").count() % 2 == 1;
        let words: Vec<&str> = self
            .words
            .iter()
            .map(String::as_str)
            .filter(|word| *word != "not")
            .collect();
        let arguments = self.arguments.clone().unwrap_or_default();
        if *subject == Meaning::Answer {
            return !not && of_answer(&words, &arguments, expect);
        }
        if let (["property"], [Json::String(name), rest @ ..], Meaning::Json(path)) =
            (words.as_slice(), arguments.as_slice(), subject)
        {
            let place = Meaning::Json(format!("{path}{}", member(name)));
            return match rest {
                [] => add(expect, &place, "exists", (!not).into()),
                [value] if !not => add(expect, &place, "equals", value.clone()),
                _ => false,
            };
        }
        let Some((predicate, value)) = self.predicate(&words, &arguments) else {
            return false;
        };
        match (not, predicate, &value) {
            (true, "exists", Json::Bool(_)) => add(expect, subject, "exists", false.into()),
            (true, "is-empty", _) => add(expect, subject, "is-empty", false.into()),
            (true, ..) => {
                let inner = Map::from_iter([(predicate.to_owned(), value)]);
                add(expect, subject, "not", Json::Object(inner))
            }
            (false, ..) => add(expect, subject, predicate, value),
        }
    }

    fn predicate(&self, words: &[&str], arguments: &[Json]) -> Option<(&'static str, Json)> {
        if let (["match" | "matches"], Some(regex)) = (words, &self.regex) {
            // What Rust's expressions do not have is told as unknown.
            let plain = !regex.contains("(?=") && !regex.contains("(?!") && !regex.contains("(?<");
            return plain.then(|| ("matches", regex.clone().into()));
        }
        let first = arguments.first().cloned();
        Some(match (words, first) {
            (["eql" | "eq" | "equal" | "equals" | "eqls"], Some(Json::Null)) => {
                ("type", "null".into())
            }
            (["eql" | "eq" | "equal" | "equals" | "eqls"], Some(value)) => ("equals", value),
            (["true"], None) => ("equals", true.into()),
            (["false"], None) => ("equals", false.into()),
            (["ok"], None) => ("not", json!({ "one-of": [false, 0, ""] })),
            (["null"], None) => ("type", "null".into()),
            (["undefined"], None) => ("exists", false.into()),
            (["exist" | "exists"], None) => ("exists", true.into()),
            (["empty"], None) => ("is-empty", true.into()),
            (["a" | "an"], Some(Json::String(kind))) => ("type", kind_of(&kind)?.into()),
            (
                ["include" | "includes" | "contain" | "contains" | "string"]
                | ["include" | "contain", "string"],
                Some(value),
            ) => ("contains", value),
            (["length" | "lengthOf"], Some(value)) => ("length", value),
            (["above" | "gt" | "greaterThan"], Some(value)) => ("gt", value),
            (["least" | "gte"], Some(value)) => ("gte", value),
            (["below" | "lt" | "lessThan"], Some(value)) => ("lt", value),
            (["most" | "lte"], Some(value)) => ("lte", value),
            (["oneOf"], Some(value)) => ("one-of", value),
            _ => return None,
        })
    }
}

fn kind_of(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "string" => "string",
        "number" => "number",
        "boolean" => "boolean",
        "array" => "array",
        "object" => "object",
        "null" => "null",
        _ => return None,
    })
}

/// What is said of the answer itself.
fn of_answer(words: &[&str], arguments: &[Json], expect: &mut Expect) -> bool {
    let first = arguments.first();
    match (words, first) {
        (["status"], Some(Json::Number(status))) => add_status(expect, status.to_string()),
        (["status"], Some(Json::String(reason))) => {
            reason_status(reason).is_some_and(|status| add_status(expect, status.to_owned()))
        }
        (["ok"], None) | (["success"], None) => add_status(expect, "2xx".to_owned()),
        (["redirection"], None) => add_status(expect, "3xx".to_owned()),
        (["clientError"], None) => add_status(expect, "4xx".to_owned()),
        (["serverError"], None) => add_status(expect, "5xx".to_owned()),
        (["accepted"], None) => add_status(expect, "202".to_owned()),
        (["badRequest"], None) => add_status(expect, "400".to_owned()),
        (["unauthorized"], None) => add_status(expect, "401".to_owned()),
        (["forbidden"], None) => add_status(expect, "403".to_owned()),
        (["notFound"], None) => add_status(expect, "404".to_owned()),
        (["rateLimited"], None) => add_status(expect, "429".to_owned()),
        (["json"], None) | (["jsonBody"], None) => {
            expect.about("headers", "content-type", "contains", "json".into())
        }
        (["header"], Some(Json::String(name))) => {
            let name = Meaning::Header(name.to_ascii_lowercase());
            match arguments.get(1) {
                None => add(expect, &name, "exists", true.into()),
                Some(value) => add(expect, &name, "equals", value.clone()),
            }
        }
        (["body"], Some(Json::String(text))) => expect.whole("body", "equals", text.clone().into()),
        (["jsonBody"], Some(Json::String(path))) => {
            let path = path.split('.').map(member).collect::<String>();
            let place = Meaning::Json(format!("${path}"));
            match arguments.get(1) {
                None => add(expect, &place, "exists", true.into()),
                Some(value) => add(expect, &place, "equals", value.clone()),
            }
        }
        _ => false,
    }
}

fn reason_status(reason: &str) -> Option<&'static str> {
    Some(match reason.to_ascii_lowercase().as_str() {
        "ok" => "200",
        "created" => "201",
        "accepted" => "202",
        "no content" => "204",
        "bad request" => "400",
        "unauthorized" => "401",
        "forbidden" => "403",
        "not found" => "404",
        "conflict" => "409",
        "unprocessable entity" | "unprocessable content" => "422",
        _ => return None,
    })
}

fn add_status(expect: &mut Expect, status: String) -> bool {
    let fits = status.len() == 3;
    if fits && expect.status.is_empty() {
        expect.status.push(status);
        return true;
    }
    expect.status == [status]
}

/// Adds a predicate about what an expression stands for.
pub(super) fn add(expect: &mut Expect, subject: &Meaning, predicate: &str, value: Json) -> bool {
    match subject {
        Meaning::Json(path) => expect.about("json", path, predicate, value),
        Meaning::Header(name) => expect.about("headers", name, predicate, value),
        Meaning::Cookie(name) => expect.about("cookies", name, predicate, value),
        Meaning::Body => expect.whole("body", predicate, value),
        Meaning::Time => match (predicate, value.as_u64()) {
            ("lt" | "lte" | "gt" | "gte", Some(time)) => {
                expect.whole("time", predicate, format!("{time}ms").into())
            }
            _ => false,
        },
        Meaning::Status => match (predicate, &value) {
            ("equals", Json::Number(status)) => add_status(expect, status.to_string()),
            ("one-of", Json::Array(all)) if expect.status.is_empty() => {
                let all: Vec<String> = all.iter().map(Json::to_string).collect();
                let fits = !all.is_empty()
                    && all.iter().all(|one| {
                        one.parse::<u16>()
                            .is_ok_and(|one| (100..600).contains(&one))
                    });
                if fits {
                    expect.status = all;
                }
                fits
            }
            ("lt" | "lte" | "gt" | "gte" | "not", value) if expect.status.is_empty() => {
                expect.status_is.insert(predicate.to_owned(), value.clone());
                true
            }
            _ => false,
        },
        Meaning::Value(_) | Meaning::Answer => false,
    }
}
