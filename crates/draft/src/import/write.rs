//! A draft as the text of a gate file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};
use tidegate_kinds::draft::{commented, scalar};

use super::merge::uppers;
use super::model::{Body, Capture, Content, Draft, Expect, Journey, LeftOut, Plain, Source, Step};
use super::names::free;
use super::origins::is_loopback;
use super::values::lone;
use super::{Sections, Taken, yaml};

/// How many things that were left out are listed for each check.
const LISTED: usize = 40;

/// A request as a gate file has it, without what is about its answer.
pub(crate) fn request(step: &Step) -> Map<String, Json> {
    let mut map = Map::new();
    map.insert(step.method.to_lowercase(), step.target.path.clone().into());
    if let Some(on) = &step.target.on {
        map.insert("on".to_owned(), on.clone().into());
    }
    if !step.query.is_empty() {
        map.insert("query".to_owned(), Json::Object(several(&step.query)));
    }
    if !step.headers.is_empty() {
        let headers = step
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.clone().into()));
        map.insert("headers".to_owned(), Json::Object(headers.collect()));
    }
    let body = match &step.body {
        Body::None => None,
        Body::Json(json) => Some(("json", json.clone())),
        Body::Form(fields) => Some(("form", Json::Object(several(fields)))),
        Body::Multipart(parts) => {
            let parts = parts
                .iter()
                .map(|(name, part)| (name.clone(), self::part(part)));
            Some(("multipart", Json::Object(parts.collect())))
        }
        Body::Text(text) => Some(("body", text.clone().into())),
        Body::File(path) => Some(("file", path.clone().into())),
    };
    if let Some((key, value)) = body {
        map.insert(key.to_owned(), value);
    }
    if let Some(timeout) = &step.timeout {
        map.insert("timeout".to_owned(), timeout.clone().into());
    }
    map
}

/// Pairs as a map; a name that stands twice has a list.
fn several(pairs: &[(String, String)]) -> Map<String, Json> {
    let mut map = Map::new();
    for (name, value) in pairs {
        let value = Json::from(value.clone());
        match map.get_mut(name) {
            None => {
                map.insert(name.clone(), value);
            }
            Some(Json::Array(values)) => values.push(value),
            Some(first) => *first = json!([first.clone(), value]),
        }
    }
    map
}

fn part(part: &super::model::Part) -> Json {
    let (key, content) = match &part.content {
        Content::Text(text) if part.name.is_none() && part.content_type.is_none() => {
            return text.clone().into();
        }
        Content::Text(text) => ("text", text),
        Content::File(path) => ("file", path),
    };
    let mut map = Map::from_iter([(key.to_owned(), content.clone().into())]);
    let more = [("name", &part.name), ("type", &part.content_type)];
    for (key, value) in more {
        if let Some(value) = value {
            map.insert(key.to_owned(), value.clone().into());
        }
    }
    Json::Object(map)
}

/// Captures as a gate file has them.
pub(crate) fn captures<'c>(captures: impl IntoIterator<Item = &'c Capture>) -> Json {
    let captures = captures.into_iter().map(|capture| {
        let source = match &capture.source {
            Source::Json(path) => Json::from(path.clone()),
            Source::Regex(regex) => json!({ "regex": regex }),
            Source::Header(name) => json!({ "header": name }),
            Source::Cookie(name) => json!({ "cookie": name }),
            Source::Body => json!({ "body": true }),
            Source::Url => json!({ "url": true }),
        };
        (capture.name.clone(), source)
    });
    Json::Object(captures.collect())
}

fn step(step: &Step, of_check: Option<&String>) -> Map<String, Json> {
    let mut map = Map::new();
    if let Some(name) = &step.name {
        // A name has no references.
        map.insert("name".to_owned(), without_references(name).into());
    }
    if step.identity.is_some() && step.identity.as_ref() != of_check {
        map.insert("as".to_owned(), step.identity.clone().into());
    }
    map.extend(request(step));
    match step.redirects {
        Some(0) => {
            map.insert("redirects".to_owned(), "none".into());
        }
        Some(most) => {
            map.insert("redirects".to_owned(), most.min(50).into());
        }
        None => {}
    }
    if let Some((every, within)) = &step.retry {
        map.insert(
            "retry".to_owned(),
            json!({ "every": every, "within": within }),
        );
    }
    if !step.expect.is_empty() {
        map.insert("expect".to_owned(), expect(&step.expect));
    }
    if !step.captures.is_empty() {
        map.insert("capture".to_owned(), captures(&step.captures));
    }
    if let Some(cleanup) = &step.cleanup {
        let mut removal = Map::from_iter([("delete".to_owned(), cleanup.path.clone().into())]);
        if let Some(on) = &cleanup.on {
            removal.insert("on".to_owned(), on.clone().into());
        }
        map.insert("cleanup".to_owned(), Json::Object(removal));
    }
    map
}

/// A name of which nothing is read as a reference.
fn without_references(name: &str) -> String {
    let mut kept = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter == '{' {
            kept.truncate(kept.trim_end_matches('$').len());
        }
        kept.push(letter);
    }
    kept
}

/// Expectations in the shortest form.
fn expect(expect: &Expect) -> Json {
    let mut status: Vec<Json> = Vec::new();
    for one in &expect.status {
        let one = one
            .parse::<u16>()
            .map_or_else(|_| Json::from(one.clone()), Json::from);
        if !status.contains(&one) {
            status.push(one);
        }
    }
    let status = match status.as_slice() {
        [] if expect.status_is.is_empty() => None,
        [] => Some(Json::Object(expect.status_is.clone())),
        [one] => Some(one.clone()),
        _ => Some(Json::Array(status)),
    };
    if let (Some(status), true) = (&status, expect.parts.is_empty())
        && !status.is_object()
    {
        return status.clone();
    }
    let mut map = Map::new();
    if let Some(status) = status {
        map.insert("status".to_owned(), status);
    }
    for (part, value) in &expect.parts {
        let short = match (part.as_str(), value) {
            ("headers" | "cookies" | "json", Json::Object(subjects)) => {
                let subjects = subjects
                    .iter()
                    .map(|(subject, value)| (subject.clone(), equality(value)));
                Json::Object(subjects.collect())
            }
            ("time", value) => value.clone(),
            (_, value) => equality(value),
        };
        map.insert(part.clone(), short);
    }
    Json::Object(map)
}

/// A lone equality with a scalar or a list is written as that.
fn equality(predicates: &Json) -> Json {
    let Some(map) = predicates.as_object() else {
        return predicates.clone();
    };
    match map.get("equals") {
        Some(value) if map.len() == 1 && !value.is_object() && !value.is_null() => value.clone(),
        _ => predicates.clone(),
    }
}

/// Gives everything that is named in a gate file already another name.
pub(crate) fn rename(draft: &mut Draft, taken: &Taken) {
    let mut names = taken.identities.clone();
    let mut known = BTreeMap::new();
    for identity in &mut draft.identities {
        let new = free(&identity.name, &mut names, "-");
        known.insert(std::mem::replace(&mut identity.name, new.clone()), new);
    }
    let mut names = taken.apis.clone();
    let mut apis = BTreeMap::new();
    for api in &mut draft.apis {
        let new = free(&api.name, &mut names, "-");
        apis.insert(std::mem::replace(&mut api.name, new.clone()), new);
    }
    let renamed = |name: &mut Option<String>, all: &BTreeMap<String, String>| {
        if let Some(new) = name.as_ref().and_then(|name| all.get(name)) {
            *name = Some(new.clone());
        }
    };
    for step in draft
        .journeys
        .iter_mut()
        .flat_map(|journey| &mut journey.steps)
    {
        renamed(&mut step.identity, &known);
        renamed(&mut step.target.on, &apis);
        if let Some(cleanup) = &mut step.cleanup {
            renamed(&mut cleanup.on, &apis);
        }
    }
    for check in &mut draft.checks {
        renamed(&mut check.identity, &known);
    }
    for identity in &mut draft.identities {
        for login in identity.credential.values_mut() {
            rename_on(login, &apis);
        }
    }
    let (known, new): (Vec<Plain>, Vec<Plain>) = std::mem::take(&mut draft.variables)
        .into_iter()
        .partition(|one| taken.variables.contains(&one.name));
    draft.variables = new;
    for one in known.into_iter().filter(|one| one.default.is_some()) {
        let note = format!(
            "`{}` is declared in the gate file already: its value there counts, not the imported one.",
            one.name
        );
        draft.notes.push(note);
    }
    // Declared variables are no secrets, and reports show their values.
    let shown = draft.secrets.needed().map(|one| &one.name);
    let shown = shown.filter(|name| taken.variables.contains(*name));
    let notes = shown.map(|name| {
        format!("`{name}` is a secret, and the gate file declares it as one that is none: give one of them another name.")
    });
    draft.notes.extend(notes.collect::<Vec<_>>());
}

/// Renames the apis that the requests of a login go to.
fn rename_on(login: &mut Json, apis: &BTreeMap<String, String>) {
    let Some(map) = login.as_object_mut() else {
        return;
    };
    if let Some(on) = map.get_mut("on")
        && let Some(new) = on.as_str().and_then(|on| apis.get(on))
    {
        *on = new.clone().into();
    }
    if let Some(Json::Array(steps)) = map.get_mut("steps") {
        steps.iter_mut().for_each(|step| rename_on(step, apis));
    }
}

/// The sections of a gate file, each with lines that are indented by two.
pub(crate) fn sections(draft: &mut Draft, taken: &Taken) -> Sections {
    let mut apis = String::new();
    for api in &draft.apis {
        let value = Map::from_iter([("url".to_owned(), api.origin.clone().into())]);
        yaml::entries(
            &Map::from_iter([(api.name.clone(), Json::Object(value))]),
            2,
            &mut apis,
        );
    }
    let mut variables = String::new();
    for one in &draft.variables {
        let value = one
            .default
            .as_ref()
            .map_or(json!({}), |default| json!({ "default": default }));
        yaml::entries(
            &Map::from_iter([(one.name.clone(), value)]),
            2,
            &mut variables,
        );
    }
    let mut identities = String::new();
    for identity in &draft.identities {
        for note in &identity.notes {
            comment(&mut identities, 2, note);
        }
        let value = Json::Object(identity.credential.clone());
        yaml::entries(
            &Map::from_iter([(identity.name.clone(), value)]),
            2,
            &mut identities,
        );
    }
    let (checks, ids) = checks(draft, taken);
    Sections {
        apis,
        variables,
        identities,
        checks,
        ids,
    }
}

fn checks(draft: &Draft, taken: &Taken) -> (String, Vec<String>) {
    let mut text = String::new();
    let mut names = taken.checks.clone();
    let mut ids = Vec::new();
    for note in &draft.notes {
        comment(&mut text, 2, note);
    }
    left_out(&mut text, &draft.left_out);
    for proposal in &draft.proposals {
        let _ = writeln!(text, "  # {}", commented(proposal));
    }
    for journey in &draft.journeys {
        let id = free(&journey.name, &mut names, "-");
        left_out(&mut text, &journey.left_out);
        flow(&mut text, &id, journey);
        ids.push(id);
    }
    for check in &draft.checks {
        let id = free(&check.name, &mut names, "-");
        for note in &check.notes {
            comment(&mut text, 2, note);
        }
        let _ = writeln!(text, "  {id}:");
        if let Some(identity) = &check.identity {
            let _ = writeln!(text, "    as: {}", scalar(identity, "-_"));
        }
        yaml::entries(
            &Map::from_iter([(check.kind.to_owned(), check.config.clone())]),
            4,
            &mut text,
        );
        ids.push(id);
    }
    (text, ids)
}

fn flow(text: &mut String, id: &str, journey: &Journey) {
    // Writing to a text does not fail.
    let _ = writeln!(text, "  {id}:");
    let all: BTreeSet<_> = journey.steps.iter().map(|step| &step.identity).collect();
    let mut named = journey
        .steps
        .iter()
        .filter_map(|step| step.identity.as_ref());
    let one = named.next().filter(|_| all.len() == 1);
    if let Some(identity) = one {
        let _ = writeln!(text, "    as: {}", scalar(identity, "-_"));
    }
    text.push_str("    flow:\n");
    for one_step in &journey.steps {
        for note in &one_step.notes {
            comment(text, 6, note);
        }
        yaml::element(&step(one_step, one), 6, text);
    }
}

fn left_out(text: &mut String, all: &[LeftOut]) {
    if all.is_empty() {
        return;
    }
    comment(text, 2, "Not carried over:");
    for one in all.iter().take(LISTED) {
        comment(
            text,
            2,
            &format!("- {}: {}: {}", one.place, one.what, one.why),
        );
    }
    if let Some(more) = all.len().checked_sub(LISTED).filter(|more| *more > 0) {
        comment(
            text,
            2,
            &format!("- and {more} more, which the import printed"),
        );
    }
}

fn comment(text: &mut String, indent: usize, line: &str) {
    let _ = writeln!(text, "{:indent$}# {}", "", commented(line));
}

/// A whole gate file.
pub(crate) fn gate(draft: &Draft, sections: &Sections, source: &str) -> String {
    let mut text = format!(
        "# Made by `tidegate import` from {}. Look at it before you rely on it.\nversion: 1\nname: {}\nenvironments:\n",
        commented(source),
        scalar(&draft.name, "-_")
    );
    environment(&mut text, draft);
    if let Some(openapi) = &draft.openapi {
        let _ = writeln!(text, "openapi: {}", scalar(openapi, "/-_."));
    }
    let all = [
        ("apis", &sections.apis),
        ("variables", &sections.variables),
        ("identities", &sections.identities),
        ("checks", &sections.checks),
    ];
    for (name, lines) in all {
        if !lines.is_empty() {
            let _ = write!(text, "\n{name}:\n{lines}");
        }
    }
    text
}

fn environment(text: &mut String, draft: &Draft) {
    let origin = draft.origin.as_deref();
    // Where a variable has the address, its default tells what it is.
    let named = origin.and_then(lone);
    let default = named.and_then(|name| {
        draft
            .variables
            .iter()
            .find(|one| one.name == name)?
            .default
            .as_deref()
    });
    let (name, kind, url) = match origin {
        Some(origin) if is_loopback(default.unwrap_or(origin)) => ("local", true, origin),
        Some(origin) if named.is_some() && default.is_none() => ("portal", false, origin),
        Some(origin) => ("production", false, origin),
        None => ("local", true, "${PORTAL_URL:-http://127.0.0.1:3000}"),
    };
    if origin.is_none() {
        comment(
            text,
            2,
            "The file does not say where the portal is: set PORTAL_URL.",
        );
    } else if !kind {
        comment(
            text,
            2,
            "Unless it says `kind: preview` or `kind: staging` it is production, which is only looked at.",
        );
    }
    let mut value = Map::new();
    if kind {
        value.insert("kind".to_owned(), "local".into());
    }
    value.insert("url".to_owned(), url.into());
    yaml::entries(
        &Map::from_iter([(name.to_owned(), Json::Object(value))]),
        2,
        text,
    );
}

/// Forgets variables that nothing names any more.
pub(crate) fn forget_unnamed(draft: &mut Draft) {
    let named = uppers(draft);
    draft.variables.retain(|one| named.contains(&one.name));
    let plain: BTreeSet<String> = draft.variables.iter().map(|one| one.name.clone()).collect();
    draft
        .secrets
        .keep(&|name| named.contains(name) && !plain.contains(name));
}
