//! A small registry and a gate file in a folder of its own.

#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tidegate_config::{GivenUrl, LoadError, Plugins, Source};
use tidegate_core::check::{
    Check, CheckError, CheckReport, Context, Forecast, Kind, Observer, ObserverKind, ObserverScope,
    ParseScope,
};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::exchange::Observed;
use tidegate_core::gate::Gate;
use tidegate_core::meta::{CodeInfo, Docs, Effort, Meta, RetryClass, Severity};
use tidegate_core::node::Node;
use tidegate_core::pack::{PackFile, PackSource};
use tidegate_core::ports::BoxFuture;
use tidegate_core::registry::Registry;
use tidegate_core::template::Template;

static PROBE_CODES: [CodeInfo; 1] = [CodeInfo::known(
    "probe/wrong",
    Severity::High,
    Effort::Small,
    "the probe found something",
    "Nobody can work.",
)];

fn meta(name: &'static str, codes: &'static [CodeInfo], retry: RetryClass) -> Meta {
    Meta {
        name: Cow::Borrowed(name),
        summary: Cow::Borrowed("Looks at something."),
        docs: Docs::known("## What it does\nLooks."),
        codes: Cow::Borrowed(codes),
        always_run: false,
        retry,
        ports: Cow::Borrowed(&[]),
    }
}

/// A kind that only reads its config.
pub(crate) struct Fake(Meta);

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct FakeConfig {
    path: Template,
    #[serde(default)]
    times: u32,
    #[serde(default)]
    on: Option<String>,
}

/// Says what it read through its forecast.
struct FakeCheck(FakeConfig);

impl Check for FakeCheck {
    fn forecast(&self) -> Forecast {
        Forecast {
            writes: vec![self.0.path.to_string()],
            requests: self.0.times,
            secrets: self.0.path.secrets().map(str::to_owned).collect(),
            ..Forecast::default()
        }
    }

    fn unfit(&self) -> Option<Diagnostic> {
        (self.0.times > 1_000).then(|| Diagnostic::new("so many times are too many here"))
    }

    fn run<'a>(&'a self, _: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(async { Ok(CheckReport::default()) })
    }
}

impl Kind for Fake {
    fn meta(&self) -> &Meta {
        &self.0
    }

    fn schema(&self) -> Json {
        json!({
            "type": "object",
            "properties": {
                "path": { "$ref": "#/definitions/Path" },
                "times": { "type": "integer", "minimum": 0 },
                "on": { "type": "string" },
            },
            "required": ["path"],
            "additionalProperties": false,
            "definitions": { "Path": { "type": "string" } },
        })
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        let read: FakeConfig = config.read()?;
        if let Some(api) = &read.on {
            scope.api(api, scope.span).map_err(|fault| vec![fault])?;
        }
        Ok(Arc::new(FakeCheck(read)))
    }
}

/// An observer that only reads its config.
struct FakeObserver(Meta);

#[derive(Default, Deserialize)]
struct ObserverConfig {
    #[serde(default)]
    limit: u32,
}

struct Silent(ObserverConfig);

impl Observer for Silent {
    fn observe(&self, _: &Observed<'_>) -> CheckReport {
        CheckReport {
            evaluated: self.0.limit,
            ..CheckReport::default()
        }
    }
}

impl ObserverKind for FakeObserver {
    fn meta(&self) -> &Meta {
        &self.0
    }

    fn schema(&self) -> Json {
        json!({
            "type": "object",
            "properties": { "limit": { "type": "integer" } },
            "additionalProperties": false,
        })
    }

    fn parse(
        &self,
        config: Option<&Node>,
        _: &ObserverScope<'_>,
    ) -> Result<Option<Arc<dyn Observer>>, Vec<Diagnostic>> {
        let read = config.map(Node::read).transpose()?.unwrap_or_default();
        Ok(Some(Arc::new(Silent(read))))
    }
}

/// The kinds `probe`, `steady` and `plugin/rules`, and the observer `watch`.
pub(crate) fn registry() -> Registry {
    let mut registry = Registry::default();
    let kinds = [
        meta("probe", &PROBE_CODES, RetryClass::Allowed),
        meta("steady", &[], RetryClass::Never),
        meta("plugin/rules", &[], RetryClass::Never),
    ];
    for meta in kinds {
        registry.add_kind(Arc::new(Fake(meta))).unwrap();
    }
    let watch = meta("watch", &[], RetryClass::Never);
    registry
        .add_observer(Arc::new(FakeObserver(watch)))
        .unwrap();
    registry
}

/// A ready-made pack with one mandatory parameter, and one that includes another.
pub(crate) struct Packs;

const JOURNEYS: &str = r#"
summary: Two journeys.
parameters:
  member: { description: Who logs in. }
  records: { default: /api/records }
  json-path: { default: $.id }
checks:
  login:
    as: ${member}
    probe: { path: /login }
  list:
    needs: [login]
    probe: { path: "${records}/${record}?key=${KEY}" }
"#;

/// A pack of which one may leave out a parameter, and what needs it.
const OPTIONAL: &str = r#"
parameters:
  member: { optional: true }
  place: { optional: true }
  part: { optional: true }
checks:
  always:
    as: ${member}
    probe: { path: /a }
  placed:
    given: place
    probe: { path: "/a/${place}/${part}" }
  both:
    given: [member, place]
    as: ${member}
    probe: { path: /b }
"#;

impl PackSource for Packs {
    fn pack(&self, name: &str) -> Option<PackFile> {
        let text = match name {
            "journeys" => JOURNEYS,
            "nested" => "include: [{ pack: journeys, as: inner, with: { member: anna } }]",
            "escaping" => "include: [{ pack: ./own.yaml, as: own }]",
            "optional" => OPTIONAL,
            "giving" => {
                "parameters: { one: {optional: true} }\nchecks: { a: { given: [oen], probe: { path: /a } } }"
            }
            "shadowing" => "parameters: { unique: {}, Big: {} }",
            _ => return None,
        };
        Some(PackFile {
            file: format!("pack:{name}"),
            text: text.to_owned(),
        })
    }

    fn names(&self) -> Vec<String> {
        [
            "escaping",
            "giving",
            "journeys",
            "nested",
            "optional",
            "shadowing",
        ]
        .map(str::to_owned)
        .to_vec()
    }
}

/// A folder with a gate file.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        Self(folder)
    }

    pub(crate) fn gate_file(&self) -> PathBuf {
        self.0.path().join("tidegate.yaml")
    }

    pub(crate) fn load(&self, environment: Option<&str>) -> Result<Gate, LoadError> {
        self.load_at(environment, None)
    }

    /// Loads the gate file with another address for its environment.
    pub(crate) fn load_at(
        &self,
        environment: Option<&str>,
        url: Option<&str>,
    ) -> Result<Gate, LoadError> {
        self.load_with(environment, url, Plugins::default())
    }

    /// Loads the gate file with what is known of its plugins.
    pub(crate) fn load_with(
        &self,
        environment: Option<&str>,
        url: Option<&str>,
        plugins: Plugins<'_>,
    ) -> Result<Gate, LoadError> {
        let path = self.gate_file();
        let registry = registry();
        tidegate_config::load(&Source {
            path: &path,
            environment,
            url: url.map(|url| GivenUrl {
                url,
                from: "--url",
                chosen: true,
            }),
            registry: &registry,
            reader: &tidegate_config::Disk,
            packs: &Packs,
            variables: &variable,
            plugins,
        })
    }
}

fn variable(name: &str) -> Option<String> {
    match name {
        "PREVIEW_URL" => Some("https://preview-7.acme.example/".to_owned()),
        "COUNT" => Some("3".to_owned()),
        "TRICK" => Some("a${SECRET}b".to_owned()),
        _ => None,
    }
}

/// Loads one gate file.
pub(crate) fn load(text: &str, environment: Option<&str>) -> Result<Gate, LoadError> {
    Folder::new(&[("tidegate.yaml", text.as_bytes())]).load(environment)
}

/// The whole text of diagnostics, without the folder they happened in.
pub(crate) fn told(error: &LoadError) -> String {
    let mut text = String::new();
    for fault in &error.diagnostics {
        let place = fault.span.as_ref().map_or("-".to_owned(), |span| {
            let location = span.location();
            let file = location.file.rsplit('/').next().unwrap_or("").to_owned();
            format!(
                "{file}:{}:{} `{}`",
                location.line,
                location.column,
                span.text().escape_debug()
            )
        });
        text.push_str(&format!("{place}\n  {}\n", fault.message));
        for (what, said) in [("label", &fault.label), ("help", &fault.help)] {
            if let Some(said) = said {
                text.push_str(&format!("  {what}: {said}\n"));
            }
        }
    }
    text
}

/// The gate file as another YAML reader sees it, for the schema.
pub(crate) fn as_json(text: &str) -> Option<Json> {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).ok()
}
