//! A folder that may be an app, and what its manifests say.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use serde_json::Value as Json;
use tidegate_kinds::reading::{Framework, Manifest, Need, Source, is_document};

use super::commands::Words;
use super::names::{and_above, is_below, is_word, is_writable, kebab, last, split, within};
use super::survey::Survey;
use super::{Manager, Told};

/// Folders whose apps are shown to readers and deployed by nobody.
const SHOWN: [&str; 9] = [
    "example",
    "examples",
    "fixture",
    "fixtures",
    "__fixtures__",
    "sample",
    "samples",
    "template",
    "templates",
];

/// The most folders that are looked at as apps.
const PART_LIMIT: usize = 1_000;

/// How long the beginning of an OpenAPI document is, in bytes.
const BEGINNING: usize = 4096;

/// A folder with a manifest, or with a file that starts something.
pub(super) struct Part<'s, 'f> {
    pub(super) survey: &'s Survey<'f>,
    /// Its path relative to the project's folder.
    pub(super) folder: String,
    /// The folders of all parts, whose files are not this part's.
    pub(super) others: Rc<BTreeSet<String>>,
    /// The places of each part's own source files in the survey.
    owned: Rc<HashMap<String, Vec<usize>>>,
}

/// A dependency with the manifest that has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needed<'s> {
    pub(super) name: &'s str,
    pub(super) need: Need,
    pub(super) file: &'s str,
}

impl Needed<'_> {
    /// How it tells that something is used.
    pub(super) fn told<T>(&self, value: T) -> Told<T> {
        let name = self.name.strip_prefix("gem:").unwrap_or(self.name);
        let because = match self.file.ends_with("firebase.json") {
            true => "it configures Firebase".to_owned(),
            false => format!("{name} is a dependency"),
        };
        Told::new(value, self.file, because)
    }
}

impl<'s, 'f> Part<'s, 'f> {
    /// Every folder that may be an app, sorted.
    pub(super) fn all(survey: &'s Survey<'f>) -> Vec<Self> {
        let starts = |name: &str| {
            matches!(
                name,
                "Procfile" | "Dockerfile" | "manage.py" | "artisan" | "project.json"
            ) || Manifest::is_one(name)
        };
        let mut folders = survey.folders_of(starts);
        folders.extend(super::python::folders(survey));
        folders.retain(|folder| !folder.split('/').any(|step| SHOWN.contains(&step)));
        folders.retain(|folder| {
            let fits = is_writable(folder);
            if !fits {
                survey.tell(format!(
                    "{folder} has a name that a gate file would read as a variable"
                ));
            }
            fits
        });
        let mut owned: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, source) in survey.sources.iter().enumerate() {
            let mut above = and_above(split(&source.path).0);
            if let Some(folder) = above.find(|folder| folders.contains(*folder)) {
                owned.entry(folder.to_owned()).or_default().push(place);
            }
        }
        let (others, owned) = (Rc::new(folders.clone()), Rc::new(owned));
        let parts = bounded(survey, folders).into_iter().map(|folder| Self {
            survey,
            folder,
            others: others.clone(),
            owned: owned.clone(),
        });
        parts.collect()
    }

    /// The source files that belong to this part and to none below it, sorted by path.
    pub(super) fn sources(&self) -> impl Iterator<Item = &'s Source> {
        let survey = self.survey;
        let places = self.owned.get(&self.folder).map(Vec::as_slice);
        let places = places.unwrap_or_default().iter();
        places.filter_map(move |place| survey.sources.get(*place))
    }

    /// The path of a file in this folder.
    pub(super) fn path(&self, name: &str) -> String {
        within(&self.folder, name)
    }

    /// Whether this folder has a file.
    pub(super) fn has(&self, name: &str) -> bool {
        self.survey.has(&self.path(name))
    }

    /// The path and the text of the first of these files that this folder has.
    pub(super) fn first(&self, names: &[&str]) -> Option<(String, std::rc::Rc<str>)> {
        let path = self.survey.first_of(&self.folder, names)?;
        let text = self.survey.text(&path)?;
        Some((path, text))
    }

    /// The `package.json` of this folder.
    pub(super) fn package(&self) -> Option<&'s Manifest> {
        self.survey.manifests.get(&self.path("package.json"))
    }

    /// A script of `package.json`.
    pub(super) fn script(&self, name: &str) -> Option<&'s str> {
        let scripts = self.package()?.body.get("scripts")?;
        let script = scripts.get(name)?.as_str()?.trim();
        (!script.is_empty()).then_some(script)
    }

    /// Every script of `package.json`.
    pub(super) fn scripts(&self) -> impl Iterator<Item = &'s str> {
        let scripts = self
            .package()
            .and_then(|package| package.body.get("scripts")?.as_object());
        scripts
            .into_iter()
            .flat_map(|map| map.values())
            .filter_map(Json::as_str)
    }

    /// What the manifests of this folder depend on, those that are needed to run first.
    pub(super) fn needs(&self) -> impl Iterator<Item = Needed<'s>> {
        let survey = self.survey;
        // A project of Nx has its dependencies at the top.
        let is_of_nx = self.has("project.json") && self.package().is_none();
        let top = self.nearest(&["package.json"]).filter(|_| is_of_nx);
        let own = survey.manifests.values().filter(|manifest| {
            split(&manifest.path).0 == self.folder || top.as_ref() == Some(&manifest.path)
        });
        let needs = own.flat_map(|manifest| {
            manifest.dependencies.iter().map(|one| Needed {
                name: &one.name,
                need: one.need,
                file: &manifest.path,
            })
        });
        let mut needs: Vec<Needed<'s>> = needs.collect();
        needs.sort_by_key(|one| one.need != Need::Running);
        needs.into_iter()
    }

    /// A dependency on any of these that is more than a wish to whoever uses this.
    pub(super) fn needs_any(&self, names: &[&str]) -> Option<Needed<'s>> {
        self.needs()
            .find(|one| one.need != Need::Peer && names.contains(&one.name))
    }

    /// A dependency that is needed to run.
    pub(super) fn runs_with(&self, names: &[&str]) -> Option<Needed<'s>> {
        self.needs_any(names)
            .filter(|one| one.need == Need::Running)
    }

    /// A dependency on a package of a framework.
    pub(super) fn framework(&self, framework: Framework) -> Option<Needed<'s>> {
        self.needs().find(|one| {
            one.need != Need::Peer
                && !one.file.ends_with("firebase.json")
                && Framework::named(one.name) == Some(framework)
        })
    }

    /// The same for what Python takes from this folder or one above.
    pub(super) fn python_needs(&self, names: &[&str]) -> Option<Needed<'s>> {
        self.python_needs_all()
            .find(|one| names.contains(&one.name))
    }

    /// What Python takes from this folder or one above.
    pub(super) fn python_needs_all(&self) -> impl Iterator<Item = Needed<'s>> {
        let manifests = self.survey.manifests.values().filter(|manifest| {
            is_below(&self.folder, split(&manifest.path).0) && is_of_python(last(&manifest.path))
        });
        let needs = manifests.flat_map(|manifest| {
            manifest.dependencies.iter().map(|one| Needed {
                name: &one.name,
                need: one.need,
                file: &manifest.path,
            })
        });
        needs.collect::<Vec<_>>().into_iter()
    }

    /// Whether a file belongs to this part and to none below it.
    pub(super) fn owns(&self, path: &str) -> bool {
        let mut folders = and_above(split(path).0);
        is_below(path, &self.folder)
            && folders.find(|folder| self.others.contains(*folder)) == Some(self.folder.as_str())
    }

    /// The nearest folder from here upwards that has one of these files, with the file's path.
    pub(super) fn nearest(&self, names: &[&str]) -> Option<String> {
        and_above(&self.folder).find_map(|folder| self.survey.first_of(folder, names))
    }

    /// Its name in kebab-case.
    pub(super) fn name(&self) -> String {
        let manifests = ["package.json", "pyproject.toml", "composer.json"];
        let manifests = manifests
            .iter()
            .filter_map(|name| self.survey.manifests.get(&self.path(name)));
        let mut named = manifests.filter_map(|manifest| {
            let body = &manifest.body;
            let name = body.get("name").or_else(|| body.pointer("/project/name"));
            let name = name
                .or_else(|| body.pointer("/tool/poetry/name"))?
                .as_str()?;
            // What scaffolds write says nothing.
            let says_nothing =
                name.starts_with("vite") || matches!(name, "laravel/laravel" | "my-app" | "app");
            kebab(name).filter(|_| !says_nothing)
        });
        let named = named.next();
        let named = named.or_else(|| kebab(last(&self.folder)));
        named.unwrap_or_else(|| "app".to_owned())
    }

    /// The name of the package as its workspace knows it, when it can stand in a command.
    pub(super) fn package_name(&self) -> Option<&'s str> {
        let name = self.package()?.body.get("name")?.as_str()?;
        is_word(name).then_some(name)
    }

    /// The commands of whatever manages the packages of JavaScript.
    pub(super) fn words(&self) -> Words {
        let told = super::commands::of_javascript(self);
        Words::of(told.map_or(Manager::Npm, |told| told.value))
    }

    /// What manages the packages.
    pub(super) fn manager(&self) -> Option<Told<Manager>> {
        super::commands::manager(self)
    }

    /// What installs them.
    pub(super) fn install(&self) -> Option<Told<String>> {
        super::commands::install(self)
    }

    /// The OpenAPI document: this part's own, else one of the project that is no other part's.
    pub(super) fn document(&self, folders: &[String]) -> Option<Told<String>> {
        let is_others = |path: &str| {
            let mut above = and_above(split(path).0);
            let app = above.find(|folder| folders.iter().any(|app| app == folder));
            app.is_some_and(|app| app != self.folder)
        };
        let found = self
            .survey
            .paths()
            .filter(|path| is_document(path) && is_writable(path) && !is_others(path));
        let mut found: Vec<&str> = found.collect();
        found.sort_by_key(|path| {
            (
                !is_below(path, &self.folder),
                path.matches('/').count(),
                *path,
            )
        });
        let says_so = |path: &&str| {
            let text = self.survey.text(path);
            text.is_some_and(|text| is_of_openapi(&text))
        };
        let path = found.into_iter().find(says_so)?;
        Some(Told::new(
            path.to_owned(),
            path,
            "it is an OpenAPI document by its name",
        ))
    }
}

/// Whether a text says that it is an OpenAPI document; where keys are sorted, that stands behind all schemas.
fn is_of_openapi(text: &str) -> bool {
    let beginning = text.get(..text.floor_char_boundary(BEGINNING));
    beginning.is_some_and(|beginning| beginning.contains("openapi"))
        || text.contains("\"openapi\":")
        || text.contains("\nopenapi:")
}

/// The first folders of those that may be apps, rather those at the top.
fn bounded(survey: &Survey<'_>, folders: BTreeSet<String>) -> Vec<String> {
    let mut folders: Vec<String> = folders.into_iter().collect();
    if folders.len() > PART_LIMIT {
        let more = folders.len() - PART_LIMIT;
        survey.tell(format!(
            "{more} folders that may be apps were left out after the first {PART_LIMIT}"
        ));
        folders.sort_by_cached_key(|folder| (folder.matches('/').count(), folder.clone()));
        folders.truncate(PART_LIMIT);
        folders.sort_unstable();
    }
    folders
}

fn is_of_python(name: &str) -> bool {
    !matches!(
        name,
        "package.json" | "composer.json" | "Gemfile" | "firebase.json" | "Cargo.toml"
    )
}
