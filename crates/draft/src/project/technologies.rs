//! What an app is built with.

use tidegate_kinds::reading::{Framework, Need};

use super::names::{and_above, split};
use super::part::{Needed, Part};
use super::shape::Shape;
use super::{Technology, Told};

/// Packages that take payments with Stripe.
const STRIPE: [&str; 9] = [
    "stripe",
    "@stripe/stripe-js",
    "@stripe/react-stripe-js",
    "@better-auth/stripe",
    "gem:stripe",
    "gem:pay",
    "stripe/stripe-php",
    "laravel/cashier",
    "dj-stripe",
];

/// What a part is built with: what it is, what answers its requests, the services it uses, and what made it.
pub(super) fn of(part: &Part<'_, '_>, shape: &Shape, is_alone: bool) -> Vec<Told<Technology>> {
    let mut told: Vec<Told<Technology>> = Vec::new();
    told.extend(own(part, shape));
    told.extend(
        part.runs_express()
            .map(|needed| needed.told(Technology::Express)),
    );
    if let Some(needed) = part.python_needs(&["fastapi", "fastapi-slim"]).filter(|_| {
        part.sources()
            .any(|source| source.text.contains("FastAPI("))
    }) {
        told.push(needed.told(Technology::FastApi));
    }
    if *shape == Shape::Server && super::javascript::is_vite(part) {
        told.extend(
            part.needs_any(&["vite", "rolldown-vite"])
                .map(|needed| needed.told(Technology::Vite)),
        );
    }
    told.extend(supabase(part, is_alone));
    told.extend(firebase(part, is_alone));
    told.extend(stripe(part));
    told.extend(lovable(part, is_alone));
    told.extend(bolt(part, is_alone));
    let mut seen = std::collections::BTreeSet::new();
    told.retain(|one| seen.insert(one.value));
    told
}

/// What it is, with what tells it.
fn own(part: &Part<'_, '_>, shape: &Shape) -> Option<Told<Technology>> {
    let technology = shape.technology()?;
    let needed = match shape {
        Shape::Laravel => part.framework(Framework::Laravel),
        Shape::Rails => part.needs_any(&["gem:rails", "gem:railties"]),
        Shape::Django(_) => part.python_needs(&["django"]),
        Shape::Next => part.framework(Framework::Next),
        Shape::Remix => part.framework(Framework::Remix),
        Shape::SvelteKit => part.framework(Framework::SvelteKit),
        Shape::FastApi(_) => part.python_needs(&["fastapi", "fastapi-slim"]),
        Shape::Vite => part.needs_any(&["vite", "rolldown-vite"]),
        Shape::Server | Shape::Pages(_) | Shape::Started => None,
    };
    if let Some(needed) = needed {
        return Some(needed.told(technology));
    }
    match shape {
        Shape::Django(django) => {
            let because = format!("it names the settings {}", django.module());
            Some(Told::new(technology, &part.path("manage.py"), because))
        }
        Shape::FastApi(found) => Some(Told::new(
            technology,
            &found.file,
            "it makes an app of FastAPI",
        )),
        _ => None,
    }
}

/// A dependency of the part, or of a package of its workspace that it uses.
fn used<'s>(part: &Part<'s, '_>, fits: impl Fn(&str) -> bool) -> Option<Needed<'s>> {
    let fits = |one: &Needed<'s>| {
        one.need != Need::Peer && fits(one.name) && !one.file.ends_with("firebase.json")
    };
    part.needs()
        .chain(part.workspace_needs())
        .chain(part.python_needs_all())
        .find(fits)
}

fn supabase(part: &Part<'_, '_>, is_alone: bool) -> Option<Told<Technology>> {
    let needed = used(part, |name| {
        Framework::named(name) == Some(Framework::Supabase) && name != "supabase"
    })
    .or_else(|| used(part, |name| name == "supabase"));
    let told = needed.map(|needed| needed.told(Technology::Supabase));
    told.or_else(|| {
        let path = near(part, "supabase/config.toml", is_alone)?;
        Some(Told::new(
            Technology::Supabase,
            &path,
            "it configures Supabase",
        ))
    })
}

fn firebase(part: &Part<'_, '_>, is_alone: bool) -> Option<Told<Technology>> {
    let needed = used(part, |name| {
        Framework::named(name) == Some(Framework::Firebase)
    });
    let told = needed.map(|needed| needed.told(Technology::Firebase));
    told.or_else(|| {
        let path = near(part, "firebase.json", is_alone)?;
        Some(Told::new(
            Technology::Firebase,
            &path,
            "it configures Firebase",
        ))
    })
}

fn stripe(part: &Part<'_, '_>) -> Option<Told<Technology>> {
    used(part, |name| STRIPE.contains(&name)).map(|needed| needed.told(Technology::Stripe))
}

/// Lovable leaves a plugin, a folder, a script or the page that it begins each project with.
fn lovable(part: &Part<'_, '_>, is_alone: bool) -> Option<Told<Technology>> {
    let made = |path: &str, because: &str| Some(Told::new(Technology::Lovable, path, because));
    if let Some(needed) = part.needs_any(&["lovable-tagger"]) {
        return Some(needed.told(Technology::Lovable));
    }
    let folder = places(part, is_alone).find_map(|folder| {
        let folder = super::names::within(folder, ".lovable");
        let first = part.survey.below(&folder).next().map(str::to_owned);
        first.or_else(|| part.survey.has(&folder).then_some(folder))
    });
    if let Some(path) = folder {
        return made(&path, "Lovable keeps this file");
    }
    if let Some((path, text)) = part.first(&["index.html"])
        && text.contains("cdn.gpteng.co/gptengineer.js")
    {
        return made(&path, "it loads the script of Lovable, once GPT Engineer");
    }
    // An article or a list of tools may name Lovable; this headline stands in its own projects alone.
    let (path, text) = part.first(&["README.md"])?;
    let mut lines = text.lines().map(str::trim);
    let is_own = lines.any(|line| {
        line == "# Welcome to your Lovable project"
            || line == "# Welcome to your GPT Engineer project"
    });
    is_own.then(|| made(&path, "it is the page that Lovable begins a project with"))?
}

/// Bolt leaves a folder, or its picture in the page.
fn bolt(part: &Part<'_, '_>, is_alone: bool) -> Option<Told<Technology>> {
    let made = |path: &str, because: &str| Some(Told::new(Technology::Bolt, path, because));
    let kept = places(part, is_alone).find_map(|folder| {
        let folder = super::names::within(folder, ".bolt");
        part.survey.below(&folder).next().map(str::to_owned)
    });
    if let Some(path) = kept {
        return made(&path, "Bolt keeps this file");
    }
    let (path, text) = part.first(&["index.html"])?;
    text.contains("https://bolt.new/static/")
        .then(|| made(&path, "it shows the picture of Bolt"))?
}

/// The folders whose files tell something about a part: its own, and those above when there is no other app.
pub(super) fn places<'p>(part: &'p Part<'_, '_>, is_alone: bool) -> impl Iterator<Item = &'p str> {
    let count = if is_alone { usize::MAX } else { 1 };
    and_above(&part.folder).take(count)
}

fn near(part: &Part<'_, '_>, name: &str, is_alone: bool) -> Option<String> {
    places(part, is_alone).find_map(|folder| part.survey.first_of(folder, &[name]))
}

impl<'s> Part<'s, '_> {
    /// Express, when it is needed to run.
    fn runs_express(&self) -> Option<Needed<'s>> {
        self.runs_with(&["express"])
    }

    /// What the packages of the workspace need that this part uses, however many steps away.
    fn workspace_needs(&self) -> impl Iterator<Item = Needed<'s>> {
        let survey = self.survey;
        let mut needs = Vec::new();
        for folder in self.workspace() {
            let path = super::names::within(&folder, "package.json");
            let Some((path, manifest)) = survey.manifests.get_key_value(&path) else {
                continue;
            };
            needs.extend(manifest.dependencies.iter().map(|one| Needed {
                name: &one.name,
                need: one.need,
                file: path,
            }));
        }
        needs.into_iter()
    }

    /// The folders of the packages of the workspace that this part uses.
    pub(super) fn workspace(&self) -> Vec<String> {
        let named = self.survey.manifests.values().filter_map(|manifest| {
            let (folder, file) = split(&manifest.path);
            let name = manifest
                .body
                .get("name")?
                .as_str()
                .filter(|_| file == "package.json")?;
            Some((name, (folder, manifest)))
        });
        let named: std::collections::BTreeMap<&str, _> = named.collect();
        let mut used: Vec<String> = Vec::new();
        let mut waiting: Vec<&str> = self.needs().map(|one| one.name).collect();
        while let Some(name) = waiting.pop() {
            let Some((folder, manifest)) = named.get(name) else {
                continue;
            };
            if *folder == self.folder || used.iter().any(|one| one == folder) {
                continue;
            }
            used.push((*folder).to_owned());
            waiting.extend(manifest.dependencies.iter().map(|one| one.name.as_str()));
        }
        used.sort_unstable();
        used
    }
}
